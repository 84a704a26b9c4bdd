"""brokerd, started for a test under a folder of its own and stopped at the test's end."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import site as sites
from .http import Client
from .world import folder, program, user

READY_SECONDS_MAX = 20.0
# What the daemon promises for SIGTERM.
STOP_SECONDS_MAX = 5.0

ROLES = {
    "admin": ["@brokerd-admin"],
    "operator": ["@brokerd-operator"],
    "gateway": ["brokerd-gateway"],
    "seats": ["brokerd-seats"],
    "observer": ["@brokerd-monitor"],
}


def free_port():
    """A TCP port of loopback that nobody listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Daemon:
    """One state folder and the processes that serve it, one after another."""

    _count = 0

    def __init__(self, site=None, seat_limit=1700, limits=None, state=None, run_as="brokerd",
                 environment=None):  # fmt: skip
        Daemon._count += 1
        self.folder = folder() / f"d{Daemon._count}"
        self.run = self.folder / "run"
        self.state = Path(state) if state else self.folder / "state"
        self.config = self.folder / "brokerd.toml"
        self.site_file = self.folder / "site.toml"
        self.log_file = self.folder / "log"
        self.agent_socket = self.run / "agent.sock"
        self.control_socket = self.run / "control.sock"
        self.run_as = run_as
        self.environment = environment or {}
        self.process = None
        self.port = free_port()
        owner = user(run_as)
        for each in (self.folder, self.run, self.state):
            each.mkdir(parents=True, exist_ok=True)
            os.chown(each, owner.uid, owner.gid)
            each.chmod(0o755)
        self.write_site(site if site is not None else sites.department())
        self.write_config(seat_limit=seat_limit, limits=limits or {})

    # What it is configured with

    def write_site(self, text):
        """Replaces the site file, which is read while the store is empty."""
        self.site_file.write_text(text)

    def write_config(self, seat_limit=1700, limits=None, roles=None, text=None):
        """Replaces the configuration."""
        if text is None:
            tables = {
                "broker": {"state_dir": str(self.state), "site_file": str(self.site_file)},
                "listen": {
                    "agent": str(self.agent_socket),
                    "control": str(self.control_socket),
                    "control_group": "brokerd",
                    "monitoring": f"127.0.0.1:{self.port}",
                },
                "roles": roles or ROLES,
                "limits": limits or {},
            }
            if seat_limit is not None:
                tables["broker"]["seat_limit"] = seat_limit
            text = ""
            for name, keys in tables.items():
                text += f"[{name}]\n"
                text += "".join(f"{k} = {sites.toml(v)}\n" for k, v in keys.items()) + "\n"
        self.config.write_text(text)

    # Its process

    def spawn(self, arguments=None, env=None):
        """Starts the process without waiting for anything."""
        owner = user(self.run_as)
        log = open(self.log_file, "ab")
        self.process = subprocess.Popen(
            [program("brokerd"), *(arguments or ["--config", str(self.config)])],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
            user=owner.uid, group=owner.gid, extra_groups=owner.groups,
            env={"PATH": "/usr/bin:/bin", "SWIFT_BACKTRACE": "enable=no", **self.environment,
                 **(env or {})},
        )  # fmt: skip
        log.close()
        return self.process

    def start(self, path="/readyz"):
        """Starts the process; answers the seconds until that path said 200 on the control socket."""
        began = time.monotonic()
        self.spawn()
        deadline = began + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(
                    f"brokerd ended with {self.process.returncode}:\n{self.log()[-3000:]}"
                )
            try:
                with Client(self.control_socket, None, timeout=2.0) as probe:
                    if probe.get(path).status == 200:
                        return time.monotonic() - began
            except OSError:
                pass
            time.sleep(0.002)
        raise AssertionError(f"not ready within {READY_SECONDS_MAX} s:\n{self.log()[-3000:]}")

    def signal(self, number):
        """Sends the process a signal."""
        self.process.send_signal(number)

    def kill(self):
        """SIGKILL, as a crash would end it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """SIGTERM; answers the exit code and the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS_MAX + 1)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still there {STOP_SECONDS_MAX + 1} s after SIGTERM") from None
        return code, time.monotonic() - began

    def restart(self):
        """Stops it in order and starts it again."""
        code, _ = self.stop()
        assert code == 0, f"ended with {code}:\n{self.log()[-3000:]}"
        return self.start()

    def finish(self):
        """Ends whatever still runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def alive(self):
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def log(self):
        """All that it has written to stdout and stderr."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def memory_bytes(self):
        """Its resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024

    # Ways in

    def agent(self, name, timeout=10.0):
        """A client of the agent socket."""
        return Client(self.agent_socket, user(name), timeout)

    def control(self, name="root", timeout=10.0):
        """A client of the control socket."""
        return Client(self.control_socket, user(name), timeout)

    def monitoring(self):
        """A client of the monitoring listener."""
        return Client(("127.0.0.1", self.port))

    def listed(self, path, key):
        """All entries of a list, page after page."""
        entries, after = [], None
        with self.control() as client:
            while True:
                sign = "&" if "?" in path else "?"
                query = f"{path}{sign}limit=1000" + (f"&after={after}" if after else "")
                answer = client.get(query)
                assert answer.status == 200, answer
                entries += answer.json[key]
                after = answer.json["next"]
                if after is None:
                    return entries

    def leases(self, query=""):
        """All live leases, or those that the query asks for."""
        return self.listed("/v1/leases" + (f"?{query}" if query else ""), "leases")

"""Runs in a box of its own (Tests/systemd-box): brokerd as its units start it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.dont_write_bytecode = True

from broker import site, world  # noqa: E402
from broker.case import measured  # noqa: E402
from broker.http import Client  # noqa: E402

PACKAGING = world.REPOSITORY / "Packaging"
UNITS = PACKAGING / "systemd"
CONFIG = Path("/etc/brokerd/brokerd.toml")
AGENT, CONTROL = "/run/brokerd/agent.sock", "/run/brokerd/control.sock"
MONITORING = ("127.0.0.1", 9470)
SOCKETS = ["brokerd-agent.socket", "brokerd-control.socket", "brokerd-monitoring.socket"]
# Shorter than the unit's, so that the test is.
WATCHDOG_SECONDS = 2


def run(*command):
    """A command that has to succeed; its output."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise AssertionError(f"{command} ended with {result.returncode}: {result.stderr}")
    return result.stdout


def prop(name, unit="brokerd.service"):
    """A property of a unit."""
    return run("systemctl", "show", unit, "--value", "-p", name).strip()


def person(name):
    """An account of the box, as the kernel sees it."""
    import grp
    import pwd

    entry = pwd.getpwnam(name)
    groups = [g.gr_gid for g in grp.getgrall() if name in g.gr_mem]
    return world.User(name, entry.pw_uid, entry.pw_gid, groups)


def eventually(condition, seconds=10.0, why="it did not come about"):
    """Waits for something true."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{why} within {seconds} s")
        time.sleep(0.05)
    return value


def install():
    """As the package would: programs, units, accounts, a configuration, a site."""
    for name in ("brokerd", "brokerctl"):
        shutil.copy2(world.REPOSITORY / ".build" / "release" / name, f"/usr/bin/{name}")
    for unit in [*UNITS.glob("*.service"), *UNITS.glob("*.socket")]:
        shutil.copy(unit, "/etc/systemd/system/")
    shutil.copy(UNITS / "brokerd.sysusers", "/usr/lib/sysusers.d/brokerd.conf")
    run("systemd-sysusers")
    CONFIG.parent.mkdir()
    text = (PACKAGING / "brokerd.toml").read_text()
    CONFIG.write_text(text.replace("[broker]\n", '[broker]\nsite_file = "/etc/brokerd/site.toml"\n'))
    (CONFIG.parent / "site.toml").write_text(
        site.site(site.pool("telework", 20), site.group("dept01", ["telework"]))
    )
    run("groupadd", "dept01")
    run("useradd", "-G", "dept01", "pierre")
    run("useradd", "-G", "dept01", "amelie")
    run("useradd", "-G", "brokerd,brokerd-admin", "alice")
    drop_in = Path("/etc/systemd/system/brokerd.service.d/test.conf")
    drop_in.parent.mkdir()
    drop_in.write_text(f"[Service]\nWatchdogSec={WATCHDOG_SECONDS}\n")
    run("systemctl", "daemon-reload")


class Systemd(unittest.TestCase):
    """One service through its life; the tests run in the order of their names."""

    @classmethod
    def setUpClass(cls):
        install()
        run("systemctl", "start", *SOCKETS)

    def grant(self, name="pierre"):
        with Client(AGENT, person(name)) as client:
            answer = client.post("/v1/leases")
        self.assertIn(answer.status, (200, 201), answer)
        return answer

    def pid(self):
        return int(prop("MainPID"))

    def test_1_activation(self):
        """The sockets are there before the daemon; the first to knock starts it."""
        self.assertEqual(prop("ActiveState"), "inactive")
        began = time.monotonic()
        self.assertEqual(self.grant().status, 201)
        measured(f"from knocking at a socket to the lease: {(time.monotonic() - began) * 1000:.0f} ms")
        self.assertEqual(prop("ActiveState"), "active")
        self.assertEqual(prop("SubState"), "running")
        self.assertEqual(os.stat(CONTROL).st_mode & 0o777, 0o660)
        self.assertEqual(os.stat(AGENT).st_mode & 0o777, 0o666)
        with Client(CONTROL, person("alice")) as client:
            self.assertEqual(client.get("/v1/pools").status, 200)
        with self.assertRaises(PermissionError):
            Client(CONTROL, person("pierre")).open()
        with Client(MONITORING) as client:
            self.assertEqual(client.get("/v1/status").json["seats"]["leased"], 1)

    def test_2_status_line(self):
        self.assertEqual(prop("NotifyAccess"), "main")
        text = eventually(lambda: re.search(r"\b1\b.*\b20\b", prop("StatusText")))
        measured(f"status line: {text.string}")

    def test_3_journal(self):
        """Fields, and message ids that stay the same."""
        run("journalctl", "--sync")
        lines = run("journalctl", "-u", "brokerd.service", "-o", "json").splitlines()
        entries = [json.loads(line) for line in lines]
        ids = {entry["MESSAGE_ID"] for entry in entries if "MESSAGE_ID" in entry}
        own = [entry for entry in entries if entry.get("_COMM") == "brokerd"]
        self.assertTrue(own)
        named = [entry for entry in own if "MESSAGE_ID" in entry]
        self.assertTrue(named, own[:3])
        for entry in named:
            self.assertRegex(entry["MESSAGE_ID"], r"^[0-9a-f]{32}$")
            self.assertEqual(entry["_TRANSPORT"], "journal")
        measured(f"journal: {len(own)} entries, {len(ids)} message ids")

    def test_4_reload(self):
        good = CONFIG.read_text()
        CONFIG.write_text(good.replace('observer = ["@brokerd-monitor"]', 'observer = ["amelie"]'))
        run("usermod", "-aG", "brokerd", "amelie")
        pid = self.pid()
        run("systemctl", "reload", "brokerd.service")
        with Client(CONTROL, person("amelie")) as client:
            self.assertEqual(client.get("/v1/pools").status, 200)

        CONFIG.write_text(good + "\n[limit]\ncolour = 1\n")
        place = f"{CONFIG}:{len(good.splitlines()) + 2}:"
        subprocess.run(["systemctl", "reload", "brokerd.service"], check=False, capture_output=True)
        eventually(
            lambda: place in run("journalctl", "-u", "brokerd.service", "-o", "json"),
            why=f"no {place} in the journal",
        )
        self.assertEqual(self.pid(), pid)
        eventually(lambda: prop("ActiveState") == "active")
        with Client(CONTROL, person("amelie")) as client:
            self.assertEqual(client.get("/v1/pools").status, 200)
        CONFIG.write_text(good)
        run("systemctl", "reload", "brokerd.service")

    def test_5_watchdog(self):
        """A daemon that hangs is replaced, and the leases are there."""
        lease, pid = self.grant().json, self.pid()
        os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        eventually(lambda: self.pid() not in (0, pid), 20, "the watchdog did not bark")
        measured(f"stopped to replaced: {time.monotonic() - began:.1f} s, watchdog {WATCHDOG_SECONDS} s")
        again = self.grant()
        self.assertEqual((again.status, again.json["id"]), (200, lease["id"]))
        self.assertIn("watchdog", run("journalctl", "-u", "brokerd.service", "-o", "cat").lower())

    def test_6_it_is_fed(self):
        """Left alone for longer than the watchdog waits, it lives on."""
        pid = self.pid()
        time.sleep(WATCHDOG_SECONDS * 2.5)
        self.assertEqual(self.pid(), pid)

    def test_7_killed_again_and_again(self):
        lease = self.grant().json
        for _ in range(12):
            pid = self.pid()
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: self.pid() not in (0, pid))  # noqa: B023
            self.assertEqual(self.grant().json["id"], lease["id"])
        for unit in SOCKETS:
            self.assertEqual(prop("ActiveState", unit), "active", unit)

    def test_8_stop_and_start(self):
        lease = self.grant().json
        began = time.monotonic()
        run("systemctl", "stop", "brokerd.service")
        measured(f"systemctl stop: {time.monotonic() - began:.2f} s")
        self.assertEqual(prop("Result"), "success")
        self.assertEqual(prop("ExecMainStatus"), "0")
        self.assertTrue(os.path.exists(AGENT), "the daemon took the socket of its unit away")
        self.assertEqual(self.grant().json["id"], lease["id"])

    def test_9_hardening(self):
        output = run("systemd-analyze", "security", "--no-pager", "brokerd.service")
        measured(output.strip().splitlines()[-1].strip())
        state = os.stat("/var/lib/brokerd")
        self.assertEqual(state.st_mode & 0o777, 0o700)


if __name__ == "__main__":
    unittest.main(verbosity=2, failfast=True)

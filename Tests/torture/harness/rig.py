"""A daemon, the load beside it, and the witness: what most faults break."""

import os
import re
import subprocess
import time

from broker import site as sites
from broker import world
from broker.daemon import Daemon

from .witness import GROUP, POOL, SEATS, Witness

# The load's own part of the site; the witness has the other.
LOAD_POOLS = {"alpha": 90, "beta": 40}
LOAD_GROUPS = {"g1": 40, "g2": 25, "g3": 60}
CONNECTIONS, HOLDERS = 12, 240
# What a start may take, from the process to /readyz: the goal is told, the limit fails.
READY_SECONDS_MAX = 2.0


def site_text():
    """The site of every rig."""
    tables = [
        sites.pool(name, size, seat_name=f"{name}-%03d") for name, size in LOAD_POOLS.items()
    ]
    tables.append(sites.pool(POOL, SEATS, seat_name=f"{POOL}-%03d"))
    tables += [
        sites.group(name, list(LOAD_POOLS), quota) for name, quota in LOAD_GROUPS.items()
    ]
    tables.append(sites.group(GROUP, [POOL]))
    return sites.site(*tables)


class RiggedDaemon(Daemon):
    """brokerd with an environment of the fault's choice."""

    def __init__(self, folder, site=None, **more):
        self.environment = {}
        Daemon.__init__(self, site if site is not None else site_text(), **more)
        # Its files belong to the fault, and go with it.
        self.home = folder

    def spawn(self, arguments=None, env=None):
        """As Daemon does, with the environment of the moment."""
        return Daemon.spawn(self, arguments, env or self.environment)


class Load:
    """`brokertorture load` beside a daemon, and `check` of what it recorded."""

    def __init__(self, bench, daemon, name="history", operations=None, **more):
        self.bench = bench
        self.history = bench.folder / name
        self.stop_file = bench.folder / f"{name}.stop"
        self.output = bench.folder / f"{name}.load"
        limit = ["--operations", str(operations)] if operations else ["--seconds", "86400"]
        numbers = {"connections": CONNECTIONS, "holders": HOLDERS, **more}
        options = [f"--{key}={value}" for key, value in numbers.items()]
        with open(self.output, "wb") as output:
            self.process = subprocess.Popen(
                [world.program("brokertorture"), "load", "--socket", str(daemon.control_socket),
                 *limit, *options, "--seed", str(bench.seed), "--history", str(self.history),
                 "--pools", ",".join(LOAD_POOLS), "--groups", ",".join(LOAD_GROUPS),
                 "--stop-file", str(self.stop_file)],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip
        bench.defer(self.kill)

    def running(self):
        """Whether it still makes calls."""
        return self.process.poll() is None

    def stop(self, seconds=30.0):
        """Has it finish its calls."""
        self.stop_file.touch()
        return self.wait(seconds)

    def wait(self, seconds):
        """Waits for its end."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            code = "a time-out"
        if code != 0:
            text = self.output.read_text(errors="replace")[-1500:]
            self.bench.violated(f"the load ended with {code}: {text}")

    def kill(self):
        """Ends it, at once."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def check(self):
        """Has the history checked; a violation in it is one of the run."""
        result = subprocess.run(
            [world.program("brokertorture"), "check", str(self.history)],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        text = result.stdout + result.stderr
        if result.returncode != 0:
            self.bench.violated(f"the history, {self.history}:\n{text[-3000:]}")
        if match := re.search(r"\bcalls=(\d+)", text):
            self.bench.count("calls checked", int(match[1]))
        if not self.bench.keep and result.returncode == 0:
            self.history.unlink(missing_ok=True)


class Rig:
    """Daemon, load, witness, from the first start to the last check."""

    def __init__(self, bench, state=None, environment=None, name="", limits=None, **load):
        self.bench, self.name, self.load_options = bench, name, load
        self.daemon = RiggedDaemon(bench.folder, state=state, limits=limits)
        self.daemon.environment = environment or {}
        bench.defer(self.daemon.finish)
        self.witness = self.load = None

    def begin(self, load=True, pause=0.002):
        """The first start; from here on there is traffic."""
        self.start()
        self.witness = Witness(self.bench, self.daemon, pause)
        if load:
            self.load = Load(
                self.bench, self.daemon, f"history{self.name}", **self.load_options
            )
        self.witness.resume()
        return self

    def start(self, path="/readyz"):
        """A start, which must not take long."""
        seconds = self.daemon.start(path)
        self.bench.started(seconds)
        if seconds > READY_SECONDS_MAX:
            self.bench.violated(f"ready after {seconds:.2f} s")
        return seconds

    def crash(self):
        """kill -9; the witness waits."""
        self.daemon.kill()
        self.witness.pause()

    def back(self, path="/readyz"):
        """A start after a crash, and what the witness says of it."""
        self.start(path)
        self.witness.compare()
        self.witness.resume()

    def work(self, seconds):
        """Lets the traffic go on."""
        time.sleep(seconds)

    def end(self):
        """Ends the traffic and checks all of it; the daemon is stopped in order."""
        if self.witness:
            self.witness.pause()
        if self.load:
            self.load.stop()
        if self.witness:
            self.witness.compare()
            for what, number in self.witness.figures().items():
                self.bench.count(what, number)
            self.witness.end()
        code, seconds = self.daemon.stop()
        if code != 0 or seconds > 5:
            self.bench.violated(f"the daemon stopped with {code} after {seconds:.1f} s")
        if self.load:
            self.load.check()
        if not self.bench.keep:
            # A long run makes many of them.
            for path in self.daemon.state.iterdir():
                path.unlink()

    def wait_for_end(self, seconds=5.0):
        """The exit code of a daemon that is expected to end by itself; None when it does not."""
        try:
            return self.daemon.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def log_since(self, position):
        """What the log got since a position; and the position now."""
        text = self.daemon.log()
        return text[position:], len(text)


def chown_to_daemon(path):
    """Gives a folder to the daemon's user."""
    owner = world.user("brokerd")
    os.chown(path, owner.uid, owner.gid)

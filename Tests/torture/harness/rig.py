"""A daemon, the load beside it, and the witness: what most faults break."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from broker import site as sites
from broker import world
from broker.daemon import Daemon

from .witness import GROUP, POOL, SEATS, Witness

# The load's own part of the site; the witness has the other.
LOAD_POOLS = {"alpha": 90, "beta": 40}
LOAD_GROUPS = {"g1": 40, "g2": 25, "g3": 60}
CONNECTIONS, HOLDERS = 12, 240
# What a start may take, from the process to /readyz: the worst is told, and more than this fails.
# Short forms run beside builds and on slow disks, where only a hang says something.
READY_SECONDS_MAX, READY_SECONDS_MAX_SHORT = 2.0, 10.0
# So soon after the process begins it is crashed while it starts, and after SIGTERM while it stops, which
# under load takes some 80 ms: the last of them find it stopped.
STARTING_SECONDS_MAX, STOPPING_SECONDS_MAX = 0.1, 0.12
# A load that is told to end may take 30 s to settle, and 30 s more for its last audit.
LOAD_END_SECONDS_MAX = 70.0


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
        self.bench, self.checks = bench, []
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

    def stop(self, seconds=LOAD_END_SECONDS_MAX):
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

    def verdict(self):
        """The exit code of a check of the history, its figures by name, and all its text."""
        result = subprocess.run(
            [world.program("brokertorture"), "check", *self.checks, str(self.history)],
            capture_output=True, text=True, timeout=900, check=False,
        )  # fmt: skip
        text = result.stdout + result.stderr
        first = text.partition("\n")[0]
        figures = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", first)}
        return result.returncode, figures, text

    def check(self):
        """Has the history checked; a violation in it is one of the run."""
        code, figures, text = self.verdict()
        if code != 0:
            self.bench.violated(f"the history, {self.history}:\n{text[-3000:]}")
        for name in ("acknowledged", "audits"):
            if not figures.get(name):
                self.bench.violated(f"the history, {self.history}, has no {name}")
        self.bench.count("calls checked", figures.get("calls", 0))
        if not self.bench.keep and code == 0:
            self.history.unlink(missing_ok=True)


class Rig:
    """Daemon, load, witness, from the first start to the last check."""

    def __init__(
        self, bench, state=None, environment=None, name="", limits=None, turned_away=(), **load
    ):
        # With these statuses changes may be refused for what the fault takes away.
        self.turned_away = turned_away
        self.is_stopping = self.has_stopped = False
        self.bench, self.name, self.load_options = bench, name, load
        self.daemon = RiggedDaemon(bench.folder, state=state, limits=limits)
        self.daemon.environment = environment or {}
        bench.defer(self.daemon.finish)
        self.witness = self.load = None

    def begin(self, load=True, pause=0.002):
        """The first start; from here on there is traffic."""
        self.start()
        self.witness = Witness(self.bench, self.daemon, pause, self.turned_away)
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
        self.is_stopping = False
        if self.witness:
            self.witness.may_be_turned_away = False
        if seconds > (READY_SECONDS_MAX if self.bench.is_long else READY_SECONDS_MAX_SHORT):
            self.bench.violated(f"ready after {seconds:.2f} s")
        return seconds

    def crash(self):
        """kill -9; the witness waits."""
        code = self.daemon.process.poll()
        if code == 0 and self.is_stopping:
            self.bench.count("already stopped")
        elif code is not None:
            self.bench.violated(f"it ended by itself with {code}: {self.daemon.log()[-1500:]}")
        self.daemon.kill()
        self.witness.pause()

    def go_on(self, cycle, seconds):
        """Lets the traffic go on to the moment at which a fault is to strike: while the daemon is
        at work, and in every fourth cycle each while it starts and while it stops.
        """
        self.work(seconds)
        if cycle % 4 == 2:
            self.crash()
            self.daemon.spawn()
            self.work(self.bench.chance.uniform(0, STARTING_SECONDS_MAX))
            self.bench.count("while it starts")
        elif cycle % 4 == 3:
            self.is_stopping = self.has_stopped = True
            self.witness.may_be_turned_away = True
            self.daemon.signal(signal.SIGTERM)
            self.work(self.bench.chance.uniform(0, STOPPING_SECONDS_MAX))
            self.bench.count("while it stops")

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
            if self.witness.acknowledged == 0:
                self.bench.violated("nothing was acknowledged to the witness")
            for what, number in self.witness.figures().items():
                self.bench.count(what, number)
            self.witness.end()
        code, seconds = self.daemon.stop()
        if code != 0 or seconds > 5:
            self.bench.violated(f"the daemon stopped with {code} after {seconds:.1f} s")
        if self.load:
            self.load.checks = self.checks()
            self.load.check()
        if not self.bench.keep:
            # A long run makes many of them.
            for path in self.daemon.state.iterdir():
                path.unlink()

    def checks(self):
        """The options of `check`: what no daemon may answer here."""
        options = []
        if 507 not in self.turned_away:
            options.append("--no-507")
        if 503 not in self.turned_away and not self.has_stopped:
            options.append("--no-unavailable")
        return options

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


def copy_state(source, target):
    """Copies a state directory; the reserve is made anew by who needs it."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    owner = world.user("brokerd")
    os.chown(target, owner.uid, owner.gid)
    for path in source.iterdir():
        if path.name != "reserve":
            shutil.copyfile(path, target / path.name)
            os.chown(target / path.name, owner.uid, owner.gid)


def wait_until_stopped(pid, seconds=10.0):
    """After SIGSTOP: until no thread of it runs. One that waits for the disk stops when it comes
    back; a process that ended meanwhile does nothing any more either.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        states = set()
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                states.add((task / "stat").read_text().rsplit(")", 1)[1].split()[0])
        except (FileNotFoundError, ProcessLookupError):
            # A thread ended between the list and the look, or the whole process.
            if not Path(f"/proc/{pid}").exists():
                return
            time.sleep(0.001)
            continue
        if states <= set("TDZX"):
            return
        time.sleep(0.001)
    raise AssertionError(f"{pid} runs {seconds} s after SIGSTOP")

"""Restarts of an installed service that nobody is to notice, under the load of 200 clients.

restarts.py COUNTS FOLDER RESTARTS KILLS: packages lie in FOLDER/{shown,upgrade}; "PASSED FAILED" goes
to COUNTS.
"""

import json
import os
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.dont_write_bytecode = True

import debs as packages  # noqa: E402
from box import machine  # noqa: E402
from box.crowd import Crowd, Waiter  # noqa: E402
from box.machine import attempt, eventually, run  # noqa: E402
from broker import site  # noqa: E402

AGENTS, WAITERS, LOAD = 50, 10, 140
PROCESSES = 4
# What LOAD asks of the daemon beside the agents' 500 calls a second.
LOAD_RATE = 1500
WATCHDOG_SECONDS = 2
SETTLE_SECONDS = 0.6
# As Tests/hardening has it for who asks while the daemon falls again and again.
ANSWER_SECONDS_MAX = 2.0
TORTURE = packages.REPOSITORY / ".build" / "release" / "brokertorture"
CHILD = """
import os, signal, sys, time
def heard(number, _):
    print("signal", number, flush=True)
for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1):
    signal.signal(number, heard)
print("lease", os.environ["BROKER_LEASE"], flush=True)
while not os.path.exists("/tmp/child-may-end"):
    time.sleep(0.05)
sys.exit(7)
"""


def measured(text):
    """Prints a figure in a form that can be searched for."""
    print(f"measured: {text}", flush=True)


def rank(values, share):
    """The value that so large a share does not exceed."""
    values = sorted(values)
    return values[max(0, -(-len(values) * share // 100) - 1)]


class Fault:
    """One disturbance: from when on, and until when the service manager called it over."""

    def __init__(self, action):
        self.began = time.monotonic()
        action()
        self.ended = time.monotonic()
        time.sleep(SETTLE_SECONDS)

    def worst(self, answers):
        """The longest that somebody waited for an answer, of those who asked meanwhile."""
        waits = [
            answered - asked for asked, answered in answers
            if answered >= self.began and asked <= self.ended
        ]  # fmt: skip
        return max(waits)

    def silence(self, instants):
        """The longest time in which nobody at all had an answer."""
        near = [t for t in instants if self.began - 1 <= t <= self.ended + SETTLE_SECONDS]
        pairs = zip(near, near[1:])
        return max(b - a for a, b in pairs if b >= self.began)


class Restarts(unittest.TestCase):
    """All faults on one machine, one after another, under one load."""

    @classmethod
    def setUpClass(cls):
        folder = Path(sys.argv[2])
        cls.counts = {"systemctl restart": int(sys.argv[3]), "SIGKILL": int(sys.argv[4])}
        cls.upgrade = packages.built(folder / "upgrade")
        names = [f"agent{number:03d}" for number in range(AGENTS)]
        waiters = [f"waiter{number:02d}" for number in range(WAITERS)]
        cls.accounts([*names, *waiters, "runner", "keeper"])
        machine.install(packages.built(folder / "shown"))
        drop_in = Path("/etc/systemd/system/brokerd.service.d/watchdog.conf")
        drop_in.parent.mkdir()
        drop_in.write_text(f"[Service]\nWatchdogSec={WATCHDOG_SECONDS}\n")
        run("systemctl", "daemon-reload")
        run("systemctl", "restart", machine.SERVICE)
        file = Path("/tmp/site.toml")
        file.write_text(cls.site())
        run("brokerctl", "site", "apply", "-f", file, "--yes")
        cls.names, cls.waiter_names = names, waiters

    @staticmethod
    def accounts(names):
        """Adds people, all in one group, without a call of useradd for each."""
        run("groupadd", "-g", "4000", "people")
        with open("/etc/passwd", "a") as passwd, open("/etc/group", "a") as groups:
            for uid, name in enumerate(names, 4001):
                passwd.write(f"{name}:x:{uid}:4000::/:/bin/sh\n")
                groups.write(f"{name}:x:{uid}:\n")

    @staticmethod
    def site():
        """A pool for the agents, one of a single seat with a line, and one for the load."""
        load = [site.group(f"load{n}", ["load"], 60, members=[f"@load{n}"]) for n in range(4)]
        people = [
            site.group("people", ["desk", "scarce"], members=["@people"]),
        ]
        return site.site(
            site.pool("desk", AGENTS + 10), site.pool("scarce", 1), site.pool("load", 200),
            *people, *load,
        )  # fmt: skip

    def test_nobody_notices(self):
        """No connect refused, nothing lost, places kept, the child of `run` left alone."""
        self.begin()
        faults = self.disturb()
        logs = self.crowd.end()
        self.report(faults, logs)
        self.check_waits(faults, logs)
        for what in ("refused", "turned_away", "wrong"):
            noted = [each for log in logs for each in getattr(log, what)]
            self.assertEqual(noted[:5], [], f"{what}: {len(noted)}")
        self.check_run()
        self.check_load()
        self.check_line()
        for unit in machine.SOCKETS:
            self.assertTrue(machine.is_active(unit), unit)

    # Before

    def begin(self):
        """Everybody comes, and is at work."""
        with machine.agent("keeper") as client:
            self.kept = client.post("/v1/leases", {"pool": "scarce"})
        self.assertEqual(self.kept.status, 201, self.kept)
        self.line = []
        for name in self.waiter_names:
            self.line.append(Waiter(name))
            eventually(lambda: len(self.queue()) == len(self.line))  # noqa: B023
        self.places = self.queue()
        self.child_log = Path("/tmp/child.log")
        self.runner = subprocess.Popen(
            ["runuser", "-u", "runner", "--", "brokerctl", "run", "--pool", "desk", "--",
             sys.executable, "-c", CHILD],
            stdout=self.child_log.open("w"), stderr=Path("/tmp/run.log").open("w"),
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.load = subprocess.Popen(
            [TORTURE, "load", "--socket", machine.CONTROL, "--connections", str(LOAD),
             "--rate", str(LOAD_RATE), "--pools", "load", "--groups", "load0,load1,load2,load3",
             "--holders", "400", "--seconds", "600", "--history", "/tmp/history",
             "--stop-file", "/tmp/load-may-end"],
            stdout=Path("/tmp/load.log").open("w"), stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.crowd = Crowd(self.names, PROCESSES)
        eventually(lambda: "lease" in self.child_log.read_text())
        time.sleep(2)

    def queue(self):
        """Who waits, in order, with the number of the place."""
        with machine.control() as client:
            waiting = client.get("/v1/queue").json["waiting"]
        return [(place["holder"], place["since"]) for place in waiting]

    # Faults

    def disturb(self):
        """By the names of the faults, each as often as it happened."""
        faults = {}
        for name, count in self.counts.items():
            action = {"systemctl restart": self.restart, "SIGKILL": self.kill}[name]
            faults[name] = [Fault(action) for _ in range(count)]
        faults["watchdog"] = [Fault(self.hang)]
        faults["package upgrade"] = [Fault(lambda: machine.install(self.upgrade))]
        return faults

    def restart(self):
        run("systemctl", "restart", machine.SERVICE)

    def replaced(self, number):
        """Sends a signal, and waits until another process serves."""
        pid = machine.main_pid()
        os.kill(pid, number)
        eventually(lambda: machine.main_pid() not in (0, pid), 20, "it was not replaced")
        eventually(lambda: machine.prop("SubState") == "running")

    def kill(self):
        self.replaced(signal.SIGKILL)

    def hang(self):
        self.replaced(signal.SIGSTOP)

    # After

    def report(self, faults, logs):
        """The figures, and where the time of a restart goes."""
        answers = [pair for log in logs for pair in log.answers]
        instants = sorted(answered for _, answered in answers)
        seconds = instants[-1] - instants[0]
        measured(f"agents: {len(answers)} answers in {seconds:.0f} s")
        quiet = [b - a for a, b in answers if b < faults["systemctl restart"][0].began]
        measured(f"undisturbed: p50 {rank(quiet, 50) * 1e3:.1f} ms, p99 {rank(quiet, 99) * 1e3:.1f} ms")
        for name, each in faults.items():
            worst = [fault.worst(answers) * 1000 for fault in each]
            silence = [fault.silence(instants) * 1000 for fault in each]
            of_few = "" if len(each) > 99 else " (which is the maximum)"
            measured(
                f"{name} x{len(each)}: longest wait for an answer p50 {rank(worst, 50):.0f} ms, "
                f"p95 {rank(worst, 95):.0f} ms, p99{of_few} {rank(worst, 99):.0f} ms, max {max(worst):.0f} ms; "
                f"nobody had one p50 {rank(silence, 50):.0f} ms, max {max(silence):.0f} ms"
            )
        self.report_stages(faults["systemctl restart"])

    def check_waits(self, faults, logs):
        """Nobody waited for long, whatever p99 is: of 50 and fewer that is the worst of all."""
        answers = [pair for log in logs for pair in log.answers]
        for name in self.counts:
            worst = max(fault.worst(answers) for fault in faults[name])
            self.assertLess(worst, ANSWER_SECONDS_MAX, name)

    def report_stages(self, restarts):
        """From the journal: when systemd and the daemon said what."""
        marks = {
            "Stopping brokerd.service": "asked to stop", "stopping": "stopping",
            "stopped": "stopped", "Starting brokerd.service": "started",
            "the state was read": "state read", "ready": "ready",
        }  # fmt: skip
        attempt("journalctl", "--sync")
        stages = {}
        lines = run("journalctl", "-b", "-u", machine.SERVICE, "-o", "json").splitlines()
        for restart in restarts:
            for line in lines:
                entry = json.loads(line)
                # Of the source where it says when it spoke, else when it was received.
                at = int(entry.get("_SOURCE_MONOTONIC_TIMESTAMP", entry["__MONOTONIC_TIMESTAMP"])) / 1e6
                if not restart.began <= at <= restart.ended + 0.2:
                    continue
                for text, name in marks.items():
                    if str(entry["MESSAGE"]).startswith(text):
                        stages.setdefault(name, []).append((at - restart.began) * 1000)
        text = ", ".join(f"{name} {rank(times, 50):.0f}" for name, times in stages.items())
        measured(f"restart, ms after the command (p50): {text}")
        durations = [(fault.ended - fault.began) * 1000 for fault in restarts]
        measured(f"systemctl restart returned after p50 {rank(durations, 50):.0f} ms")

    def check_run(self):
        """The command under `brokerctl run` has heard nothing, and ends as it wants."""
        said = self.child_log.read_text().split()
        self.assertEqual(said[0::2], ["lease"], "the child was sent a signal")
        with machine.control() as client:
            held = client.get("/v1/leases?holder=runner").json["leases"]
        self.assertEqual([lease["id"] for lease in held], [said[1]])
        self.assertIsNone(self.runner.poll())
        Path("/tmp/child-may-end").touch()
        self.assertEqual(self.runner.wait(20), 7)
        self.assertEqual(Path("/tmp/run.log").read_text(), "")

    def check_load(self):
        """What the load was told is what is true."""
        Path("/tmp/load-may-end").touch()
        self.assertEqual(self.load.wait(60), 0, Path("/tmp/load.log").read_text()[-2000:])
        result = attempt(TORTURE, "check", "--no-507", "/tmp/history")
        measured(f"load: {result.stdout.splitlines()[0] if result.stdout else result.stderr}")
        self.assertEqual(result.returncode, 0, (result.stdout + result.stderr)[-3000:])

    def check_line(self):
        """Everybody has the place that they had, and is served in that order."""
        self.assertEqual(self.queue(), self.places)
        for waiter in self.line:
            self.assertIsNone(waiter.served_at, f"{waiter.name} was served while the seat was taken")
        with machine.agent("keeper") as client:
            answer = client.delete(f"/v1/leases/{self.kept.json['id']}")
        self.assertEqual(answer.status, 204, answer)
        for waiter in self.line:
            waiter.thread.join(20)
            self.assertFalse(waiter.thread.is_alive(), f"{waiter.name} still waits")
            # An orderly stop tells those who wait, and they come back: that is no refusal.
            self.assertEqual(waiter.log.refused + waiter.log.wrong, [])
        served = [waiter.served_at for waiter in self.line]
        self.assertEqual(served, sorted(served), "they were not served in their order")


if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Restarts)
    result = unittest.TextTestRunner(verbosity=2, failfast=True).run(suite)
    failed = len(result.failures) + len(result.errors)
    Path(sys.argv[1]).write_text(f"{result.testsRun - failed} {failed}\n")
    sys.exit(1 if failed else 0)

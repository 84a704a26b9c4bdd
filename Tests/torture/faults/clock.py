"""The machine's wall clock is set an hour forth or back: leases keep their length.

The clock is the machine's own, for namespaces do not move it: each step lasts a few seconds, and is
taken back by the boot-time clock, to a millisecond. A process of its own does that, at the end of a
pipe from this program, so a SIGKILL of this program leaves the clock right; what it leaves behind
is the daemon and the load, which run on, and their folder. Only who kills that process too, before it
has done its work, leaves the clock an hour off.
"""

import os
import subprocess
import sys
import time

from broker.case import instant

from harness.bench import Budget, Skipped
from harness.rig import Rig
from harness.timed import TimedLeases
from harness.witness import wall_offset

# Forth and back, each with the daemon running and with it down.
SHORT = Budget(cycles=4)
LONG = Budget(cycles=16)
HOUR = 3600.0
TTLS = (1, 2, 3, 4, 5, 20)
# The broker looks at the wall clock twice a second.
RESTATED_SECONDS_MAX = 1.5

# Waits for the end of its standard input, whoever closes it, and sets the wall clock so many
# nanoseconds ahead of the boot-time clock; again, where it was interrupted between looking and setting.
RESTORER = """
import sys, time
offset = int(sys.argv[1])
sys.stdin.read()
for _ in range(20):
    time.clock_settime_ns(time.CLOCK_REALTIME, time.clock_gettime_ns(time.CLOCK_BOOTTIME) + offset)
    before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    wall = time.clock_gettime_ns(time.CLOCK_REALTIME)
    after = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    if after - before < 1_000_000 and abs(wall - (before + after) // 2 - offset) < 1_000_000:
        break
"""


class Stepped:
    """The wall clock, set by so many seconds for as long as this lasts."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        offset = wall_offset()
        self.restorer = subprocess.Popen(
            [sys.executable, "-c", RESTORER, str(round(offset * 1e9))],
            stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        try:
            time.clock_settime(time.CLOCK_REALTIME, time.time() + self.seconds)
        except PermissionError as error:
            self.__exit__()
            raise Skipped(f"the clock may not be set: {error}") from error
        return self

    def __exit__(self, *_):
        self.restorer.stdin.close()
        self.restorer.wait(10)


def run(bench):
    """Forth and back by turns, under load; then the same while the daemon is down."""
    if os.geteuid() != 0:
        raise Skipped("only root sets the clock")
    rig = Rig(bench).begin()
    for cycle in bench.budget.cycles():
        step = HOUR if cycle % 2 == 0 else -HOUR
        with TimedLeases(bench, rig.daemon, TTLS) as timed:
            before = {number: lease for number, (_, _, lease) in timed.leases.items()}
            timed.watch(until=0.5)
            if cycle % 4 < 2:
                with Stepped(step):
                    timed.watch(until=RESTATED_SECONDS_MAX)
                    restated(bench, timed, before, step)
                    timed.watch(until=1.0)
            else:
                rig.crash()
                timed.client.close()
                with Stepped(step):
                    rig.back()
                    timed.pardon_until_now()
                    restated(bench, timed, before, step)
                    timed.watch(until=1.0)
                bench.count("steps while it is down")
            timed.watch(until=RESTATED_SECONDS_MAX)
            restated(bench, timed, before, 0)
            timed.watch(until=1.5)
            for number in list(timed.leases):
                timed.client.delete(f"/v1/leases/{number}")
        bench.count("steps", 2)
        bench.count("leases timed", len(TTLS))
    rig.end()


def restated(bench, timed, before, step):
    """What is left of the leases says when it will end by the clock on the wall."""
    live = timed.look()
    for number, lease in before.items():
        if number not in live:
            continue
        moved = instant(live[number]["expires_at"]) - instant(lease["expires_at"])
        if abs(moved - step) > 0.25:
            bench.violated(f"expires_at moved by {moved:.3f} s with a clock set by {step:.0f} s")

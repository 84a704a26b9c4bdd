"""SIGSTOP and SIGCONT: what fell due meanwhile ends at once, and nothing ends early."""

import signal
import time

from broker import site

from harness.bench import Budget
from harness.rig import Rig
from harness.timed import TimedLeases

SHORT = Budget(cycles=3)
LONG = Budget(cycles=60)
SECONDS_SHORT, SECONDS_LONG = (1.0, 3.0), (1.0, 30.0)
TTLS_AFTER = 3


def run(bench):
    """Stops and continues the daemon under load, with leases that fall due before, in and after."""
    rig = Rig(bench).begin()
    bounds = SECONDS_LONG if bench.is_long else SECONDS_SHORT
    for _ in bench.budget.cycles():
        stopped = bench.chance.uniform(*bounds)
        ttls = range(1, int(stopped) + TTLS_AFTER)
        with TimedLeases(bench, rig.daemon, ttls) as timed:
            timed.watch(until=0.3)
            rig.daemon.signal(signal.SIGSTOP)
            time.sleep(stopped)
            rig.daemon.signal(signal.SIGCONT)
            timed.pardon_until_now()
            timed.watch_to_the_end()
        bench.count("stops")
        bench.count("leases timed", len(ttls))
    rig.end()

"""Millions of calls, with a kill now and then, all of them checked."""

from harness.bench import Budget
from harness.rig import Rig

# One cycle is one history.
SHORT = Budget(cycles=1)
LONG = Budget(cycles=10)
CALLS_SHORT, CALLS_LONG = 60_000, 1_000_000
KILLS = 3
SECONDS_MAX = 900


def run(bench):
    """A history of so many calls a cycle."""
    calls = CALLS_LONG if bench.is_long else CALLS_SHORT
    for cycle in bench.budget.cycles():
        rig = Rig(bench, name=f"-{cycle}", operations=calls, connections=32, holders=400)
        rig.begin(pause=0.02)
        for _ in range(KILLS):
            rig.work(bench.chance.uniform(0.5, 1.5) if not bench.is_long
                     else bench.chance.uniform(5, 20))  # fmt: skip
            if rig.load.running():
                rig.crash()
                rig.back()
                bench.count("kills")
        rig.load.wait(SECONDS_MAX)
        rig.end()
        bench.count("histories")

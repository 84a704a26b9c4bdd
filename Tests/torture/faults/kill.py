"""kill -9 at random moments: while it starts to serve, and in the middle of its work."""

from harness.bench import Budget
from harness.rig import Rig

SHORT = Budget(cycles=100)
LONG = Budget(cycles=5000)
# A history, and the state that goes with it, is checked and begun anew after so many kills.
CYCLES_A_HISTORY = 250


def run(bench):
    """Kills, starts, compares; every history is checked."""
    rig = None
    for cycle in bench.budget.cycles():
        if cycle % CYCLES_A_HISTORY == 0:
            if rig:
                rig.end()
            rig = Rig(bench, name=f"-{cycle}").begin()
        # As often right after it is ready as under way.
        rig.work(bench.chance.choice([bench.chance.uniform(0, 0.06), bench.chance.uniform(0, 0.3)]))
        rig.crash()
        rig.back()
        bench.count("kills")
    rig.end()

"""kill -9 at random moments: at work, while it starts, and while it stops.

The control puts the state back by a second, which loses what was acknowledged in it, and the check
of the history must say so: if it does not, it would not see a loss in the other cycles either.
"""

import signal

from harness.bench import Budget
from harness.rig import Rig, copy_state, wait_until_stopped

SHORT = Budget(cycles=100)
LONG = Budget(cycles=5000)
# A history, and the state that goes with it, is checked and begun anew after so many kills.
CYCLES_A_HISTORY = 250


def run(bench):
    """The control; then kills, starts, compares, and every history is checked."""
    control(bench)
    rig = None
    for cycle in bench.budget.cycles():
        if cycle % CYCLES_A_HISTORY == 0:
            if rig:
                rig.end()
            rig = Rig(bench, name=f"-{cycle}").begin()
        # As often right after it is ready as under way.
        seconds = bench.chance.uniform(0, bench.chance.choice([0.06, 0.3]))
        rig.go_on(cycle, seconds)
        rig.crash()
        rig.back()
        bench.count("kills")
    rig.end()


def control(bench):
    """A state that is a second old, with everything in it, is served as if it were the newest."""
    rig = Rig(bench, name="-control").begin()
    rig.work(1.0)
    # Its own findings are another control's, and no violations here.
    rig.witness.pause()
    older = bench.folder / "older"
    rig.daemon.signal(signal.SIGSTOP)
    wait_until_stopped(rig.daemon.process.pid)
    copy_state(rig.daemon.state, older)
    rig.daemon.signal(signal.SIGCONT)
    rig.work(1.0)
    rig.crash()
    copy_state(older, rig.daemon.state)
    rig.start()
    rig.work(0.5)
    rig.load.stop()
    rig.witness.end()
    code, figures, text = rig.load.verdict()
    lost = figures.get("lost", 0)
    if code != 1 or lost == 0:
        bench.violated(f"a second that is gone is not found ({code}):\n{text[-2000:]}")
    bench.count("control lost", lost)
    rig.daemon.finish()

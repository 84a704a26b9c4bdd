"""Failing syncs and writes inside the daemon: after the first one it ends without an answer.

What the failing sync should have made durable is taken out of the file again (see preload.c), so an
answer to that batch would be an answer that is lost.
"""

import time

from harness import preload
from harness.bench import Budget
from harness.rig import Rig

SHORT = Budget(cycles=30)
LONG = Budget(cycles=1000)
CYCLES_A_HISTORY = 200
# Most calls of its kind that pass before the one that fails. The database is written at checkpoints
# alone, every few thousand batches.
COUNTDOWN_MAX = {
    preload.LOG_SYNC: 150,
    preload.LOG_WRITE: 600,
    preload.LOG_TORN: 600,
    preload.DATABASE_SYNC: 0,
    preload.DATABASE_WRITE: 100,
    preload.TIP_WRITE: 150,
}
CHECKPOINT_SECONDS_MAX = 30.0
# For the writes that pass, and a change after the first that fails, on a slow disk too.
SURVIVAL_SECONDS_MAX = 20.0
SAYING = "what is on disk is not known any more"


def run(bench):
    """Each kind in turn."""
    page = preload.Page(bench.folder / "page")
    kinds = list(COUNTDOWN_MAX)
    rig, log = None, 0
    for cycle in bench.budget.cycles():
        if cycle % CYCLES_A_HISTORY == 0:
            if rig:
                rig.end()
            rig = Rig(bench, environment=page.environment(), name=f"-{cycle}").begin()
            log = 0
        rig.work(bench.chance.uniform(0.02, 0.1))
        kind = kinds[cycle % len(kinds)]
        _, log = rig.log_since(log)
        page.arm(kind, bench.chance.randint(0, COUNTDOWN_MAX[kind]))
        if kind == preload.TIP_WRITE:
            survives(bench, rig, page)
        else:
            ends(bench, rig, page, kind, log)
        page.disarm()
        rig.back()
        bench.count("failures")
    rig.end()


def ends(bench, rig, page, kind, log):
    """The daemon ends, says why, and everything that it said is true at the next start."""
    what = preload.NAMES[kind]
    code = rig.wait_for_end(CHECKPOINT_SECONDS_MAX)
    rig.witness.pause()
    if code is None:
        bench.violated(
            f"it goes on after a failing {what} ({page.fired} failed)"
            if page.fired
            else f"no {what} failed in {CHECKPOINT_SECONDS_MAX:.0f} s: too few are made"
        )
        rig.daemon.kill()
        return
    said, _ = rig.log_since(log)
    if code != 1 or SAYING not in said:
        bench.violated(f"after a failing {what} it ended with {code}: {said[-600:]}")


def survives(bench, rig, page):
    """The tip is a seat belt: it goes on without, and the next start takes the state as it is."""
    deadline = time.monotonic() + SURVIVAL_SECONDS_MAX
    before = None
    while time.monotonic() < deadline and rig.daemon.alive():
        if before is None and page.fired:
            before = rig.witness.acknowledged
        if before is not None and rig.witness.acknowledged > before:
            break
        rig.work(0.01)
    else:
        if rig.daemon.alive():
            bench.violated(
                f"in {SURVIVAL_SECONDS_MAX:.0f} s no write to the tip failed: too few are made"
                if before is None
                else "after a failing write to the tip nothing is changed any more"
            )
    # That of a daemon that has ended is said there.
    rig.crash()

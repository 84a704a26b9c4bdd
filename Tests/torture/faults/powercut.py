"""The power goes: the state lies on an ext4 that from one moment on writes nothing any more.

The control does the same with `synchronous=NORMAL`, which must lose acknowledged changes: if it does
not, the cut cuts nothing, and the run says nothing. The broker itself has no such switch; the
library that the daemon is started with there changes the one statement.
"""

import re
import signal

from harness import preload
from harness.bench import Budget, Skipped
from harness.disk import Disk
from harness.rig import Rig, wait_until_stopped

SHORT = Budget(cycles=40)
LONG = Budget(cycles=2000)
CYCLES_A_HISTORY = 200
CONTROL_CYCLES_MAX = 40
DISK_MEGABYTES = 384


def run(bench):
    """First the control, then as many cuts as the budget has."""
    control(bench)
    rig = disk = None
    for cycle in bench.budget.cycles():
        if cycle % CYCLES_A_HISTORY == 0:
            if rig:
                finish(rig, disk)
            rig, disk = begin(bench, f"-{cycle}")
        cut(bench, rig, disk, cycle)
        rig.back()
        bench.count("power cuts")
    finish(rig, disk)


def losses(bench, rig):
    """What the witness misses, where that is no violation."""
    kept, bench.violations = bench.violations, []
    try:
        rig.witness.compare()
    except AssertionError:
        # A lease of which nobody knows any more.
        rig.witness.lost += 1
    bench.violations = kept
    return rig.witness.lost


def begin(bench, name, environment=None, load=True):
    """A new disk with a new state on it."""
    folder = bench.ram(f"disk{name}", DISK_MEGABYTES + 16)
    try:
        disk = Disk(folder, DISK_MEGABYTES)
    except OSError as error:
        raise Skipped(f"no loop device: {error}") from error
    state = disk.place / "state"
    rig = Rig(bench, state=state, environment=environment, name=name)
    return rig.begin(load=load, pause=0.001), disk


def finish(rig, disk):
    """The end of one history."""
    rig.end()
    disk.remove()


def cut(bench, rig, disk, cycle=0):
    """Cuts the power at a random moment, of its start and its stop too: the process is stopped, the disk
    takes nothing more, and then the process is no more.

    It is stopped first because a machine without power answers nobody: a sync that is under way at
    the cut may return as if it had been done, when ext4's journal is aborted under it, and an answer
    that rests on that would never have left the machine.
    """
    rig.go_on(cycle, bench.chance.uniform(0.005, 0.25))
    rig.daemon.signal(signal.SIGSTOP)
    wait_until_stopped(rig.daemon.process.pid)
    disk.cut()
    rig.crash()
    disk.unmount()
    disk.mount()


def control(bench):
    """With NORMAL: acknowledged changes must be lost within so many cuts."""
    environment = {"LD_PRELOAD": preload.built(), "TORTURE_SYNCHRONOUS": "NORMAL"}
    rig, disk = begin(bench, "-control", environment, load=False)
    lost = noticed = 0
    for cycle in range(1, CONTROL_CYCLES_MAX + 1):
        if "torture: synchronous is NORMAL" not in rig.daemon.log():
            raise AssertionError("the control ran with synchronous=FULL")
        cut(bench, rig, disk)
        try:
            rig.start()
        except AssertionError:
            if rig.daemon.alive():
                raise
            # The broker noticed it by itself.
            found = re.search(r"last (\d+) acknowledged records are missing", rig.daemon.log())
            if not found:
                raise
            lost, noticed = lost + int(found[1]), noticed + 1
            break
        lost += losses(bench, rig)
        if lost:
            break
        rig.witness.resume()
    rig.witness.end()
    rig.daemon.finish()
    disk.remove()
    bench.count("control cuts", cycle)
    bench.count("control lost", lost)
    bench.count("control noticed at start", noticed)
    if not lost:
        bench.violated(f"{cycle} cuts with synchronous=NORMAL lost nothing: the cut cuts nothing")

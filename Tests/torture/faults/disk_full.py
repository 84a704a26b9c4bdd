"""A full disk under load: reads go on, releases work, grants wait for space, nothing is lost."""

import os
import signal
import time

from harness.bench import Budget, Skipped
from harness.disk import Disk
from harness.rig import Rig

SHORT = Budget(cycles=3)
LONG = Budget(cycles=100)
CYCLES_A_HISTORY = 10
# Room for the state, for the reserve and for as much again, which the broker wants to see free.
DISK_MEGABYTES = 192
RECOVERY_SECONDS_MAX = 5.0
GROUP, POOL = "witness", "witness"


def run(bench):
    """Fills, looks, kills in the middle of it every other time, frees, waits for grants."""
    rig = disk = None
    for cycle in bench.budget.cycles():
        if cycle % CYCLES_A_HISTORY == 0:
            if rig:
                finish(rig, disk)
            rig, disk = begin(bench, f"-{cycle}")
        rig.work(bench.chance.uniform(0.2, 0.6))
        filled(bench, rig, disk, kills=cycle % 2 == 0)
        bench.count("full disks")
    finish(rig, disk)


def begin(bench, name):
    """A small disk with a new state on it."""
    folder = bench.ram(f"disk{name}", DISK_MEGABYTES + 16)
    try:
        disk = Disk(folder, DISK_MEGABYTES)
    except OSError as error:
        raise Skipped(f"no loop device: {error}") from error
    return Rig(bench, state=disk.place / "state", name=name, turned_away=(507,)).begin(), disk


def finish(rig, disk):
    """The end of one history."""
    rig.end()
    disk.remove()


def fill(path):
    """Writes until there is no space; the last bytes too."""
    with open(path, "ab", buffering=0) as ballast:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    ballast.write(bytes(size))
            except OSError:
                continue
        os.fsync(ballast.fileno())


def ask(rig, number):
    """A grant for somebody new; its answer."""
    body = {"pool": POOL, "holder": f"late{number}", "holder_groups": [GROUP]}
    with rig.daemon.control(timeout=20.0) as client:
        return client.post("/v1/leases", body)


def filled(bench, rig, disk, kills):
    """One filling."""
    first, last = ask(rig, 0).json, ask(rig, 1).json
    ballast = disk.place / "ballast"
    # All at once: who goes on to write takes what the broker gives back for its releases, too.
    rig.daemon.signal(signal.SIGSTOP)
    fill(ballast)
    rig.daemon.signal(signal.SIGCONT)
    refused = wait_for(rig, lambda answer: answer.status == 507)
    if refused is None:
        bench.violated("a full disk refuses no grant")
    with rig.daemon.control(timeout=20.0) as client:
        for path in ("/v1/status", "/v1/leases?limit=1000", "/v1/seats?limit=1000", "/v1/groups"):
            if (answer := client.get(path)).status != 200:
                bench.violated(f"on a full disk {path} is {answer}")
        if (answer := client.get("/readyz")).status != 503:
            bench.violated(f"on a full disk /readyz is {answer}")
        if kills:
            rig.crash()
            # It serves, and says that it is not ready.
            rig.back("/healthz")
        if (answer := client.delete(f"/v1/leases/{first['id']}")).status != 204:
            bench.violated(f"on a full disk a release is {answer}")
    # Longer than the reserve would last if nothing of the log were used again.
    rig.work(bench.chance.uniform(0.1, 3.0 if bench.is_long else 0.6))
    if ask(rig, 2).status != 507:
        bench.violated("a disk that is still full gives grants again")
    with rig.daemon.control(timeout=20.0) as client:
        if (answer := client.delete(f"/v1/leases/{last['id']}")).status != 204:
            bench.violated(f"after a while on a full disk a release is {answer}")
    began = time.monotonic()
    ballast.unlink()
    answer = wait_for(rig, lambda answer: answer.status in (200, 201))
    seconds = time.monotonic() - began
    if answer is None or seconds > RECOVERY_SECONDS_MAX:
        bench.violated(f"no grant {seconds:.1f} s after there was space")
        return
    bench.figures["slowest recovery, ms"] = max(
        bench.figures.get("slowest recovery, ms", 0), round(seconds * 1000)
    )
    with rig.daemon.control(timeout=20.0) as client:
        client.delete(f"/v1/leases/{answer.json['id']}")


def wait_for(rig, condition, seconds=RECOVERY_SECONDS_MAX):
    """The first answer to a grant that fulfils the condition; others are taken back."""
    deadline = time.monotonic() + seconds
    number = 100
    while time.monotonic() < deadline:
        number += 1
        answer = ask(rig, number)
        if condition(answer):
            return answer
        if answer.status == 201:
            with rig.daemon.control(timeout=20.0) as client:
                client.delete(f"/v1/leases/{answer.json['id']}")
        time.sleep(0.02)
    return None

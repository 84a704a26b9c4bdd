"""Descriptors run out: who is connected is served, others wait, nobody crashes."""

import subprocess
import time
from pathlib import Path

from broker import world
from broker.http import Client

from harness.bench import Budget
from harness.rig import Rig

SHORT = Budget(cycles=3)
LONG = Budget(cycles=100)
# So many descriptors more than it has, and so many connections that want one.
SPARE, CROWD = 4, 60
RECOVERY_SECONDS_MAX = SERVING_SECONDS_MAX = 5.0


def run(bench):
    """Takes descriptors away under load, and gives them back."""
    # A renewal looks its holder up, and the name service wants a descriptor too.
    rig = Rig(bench, turned_away=(503,)).begin()
    for _ in bench.budget.cycles():
        rig.work(bench.chance.uniform(0.1, 0.5))
        starve(bench, rig)
        bench.count("shortages")
    if "descriptors ran out" not in rig.daemon.log():
        bench.violated("no shortage was ever felt")
    rig.end()


def limit_of(pid):
    """The most descriptors that a process may have now."""
    for line in Path(f"/proc/{pid}/limits").read_text().splitlines():
        if line.startswith("Max open files"):
            return int(line.split()[3])
    raise AssertionError("no limit of open files")


def set_limit(pid, number):
    """Sets it; as the daemon's user, since root may lack the right over others' processes."""
    owner = world.user("brokerd")
    subprocess.run(
        ["prlimit", f"--pid={pid}", f"--nofile={number}:"], check=True,
        user=owner.uid, group=owner.gid, extra_groups=[],
    )  # fmt: skip


def starve(bench, rig):
    """One shortage."""
    pid = rig.daemon.process.pid
    before = limit_of(pid)
    crowd = []
    try:
        with rig.daemon.control(timeout=5.0) as known:
            known.get("/healthz")
            open_now = len(list(Path(f"/proc/{pid}/fd").iterdir()))
            set_limit(pid, open_now + SPARE)
            served = 0
            for _ in range(CROWD):
                client = Client(rig.daemon.control_socket, None, timeout=0.02)
                crowd.append(client)
                try:
                    served += client.get("/healthz").status == 200
                except OSError:
                    pass
            if served > SPARE + 8:
                bench.violated(f"{served} connections where {SPARE} descriptors were left")
            witnessed = rig.witness.acknowledged
            deadline = time.monotonic() + SERVING_SECONDS_MAX
            asked = 0
            while asked < 20 or (
                rig.witness.acknowledged == witnessed and time.monotonic() < deadline
            ):
                asked += 1
                stream = known.stream
                if known.get("/v1/status").status != 200 or known.stream is not stream:
                    bench.violated("who was connected is not served any more")
                time.sleep(0.01)
            if rig.witness.acknowledged == witnessed:
                bench.violated("changes on an established connection stopped")
    finally:
        for client in crowd:
            client.close()
        set_limit(pid, before)
    began = time.monotonic()
    while True:
        try:
            with rig.daemon.control(timeout=1.0) as client:
                if client.get("/readyz").status == 200:
                    break
        except OSError:
            pass
        if time.monotonic() - began > RECOVERY_SECONDS_MAX:
            bench.violated("new connections are not served after the shortage")
            break
        time.sleep(0.02)
    if not rig.daemon.alive():
        bench.violated(f"the daemon ended with {rig.daemon.process.poll()}")

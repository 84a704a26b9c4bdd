"""One flipped bit in one file of a state: refused, or served as it was; never a wrong grant.

A state is made, its truth is read once, and then each flip has a copy of its own. A daemon that
starts on it must give exactly the truth, and the next grants must go to seats that are free, under
tokens that are new. A flip that nobody reads is harmless; one that was acknowledged and is read must
be found.
"""

import concurrent.futures
import random
import re
import shutil
import threading

from broker import site as sites
from broker.http import Closed

from harness.bench import Budget
from harness.rig import RiggedDaemon, copy_state

SHORT = Budget(cycles=400)
LONG = Budget(cycles=2000)
WORKERS = 2
FLIPS_A_STATE = 250
# Where the bit is looked for, and how often. In the log, half of the flips hit its last pages; in the
# database a third its first, where the header and the schema are.
FILES = {"broker.sqlite": 40, "broker.sqlite-wal": 40, "tip": 12, "lock": 3, "reserve": 5}
TAIL_BYTES, PAGE_BYTES = 16_384, 4_096
POOL, GROUP, SEATS, QUOTA = "desk", "people", 60, 55
OPERATIONS = 700
GRANTS_ASKED = 3
READY_SECONDS_MAX = 10.0
REFUSED = 78
SAYINGS = re.compile(
    "the state is damaged and was left as it is|the state was written by a later version"
)


def run(bench):
    """Makes a state, flips bits in copies of it, makes another, of the other kind."""
    ram = bench.ram()
    left, number = iter(bench.budget.cycles()), 0
    daemons = [daemon(bench, ram / f"copy{worker}") for worker in range(WORKERS)]
    while True:
        numbers = [n for _, n in zip(range(FLIPS_A_STATE if bench.is_long else 60), left)]
        if not numbers:
            break
        base = Base(bench, ram, number, crashed=number % 2 == 0)
        number += 1
        flip_all(bench, base, daemons, numbers)
        shutil.rmtree(base.folder)


def daemon(bench, state):
    """A daemon of this fault, on a state directory that comes and goes."""
    site = sites.site(
        sites.pool(POOL, SEATS, seat_name=f"{POOL}-%03d"), sites.group(GROUP, [POOL], QUOTA)
    )
    made = RiggedDaemon(bench.folder, site, state=state)
    bench.defer(made.finish)
    return made


class Base:
    """A state, with its snapshot, its journal and, if it crashed, its log; and the truth of it."""

    def __init__(self, bench, ram, number, crashed):
        self.chance = random.Random(f"{bench.seed}/base{number}")
        self.live, self.number = [], 0
        self.folder = ram / f"base{number}"
        one = daemon(bench, self.folder)
        one.start()
        self.work(one)
        one.stop()
        one.start()
        self.work(one)
        if crashed:
            one.kill()
        else:
            one.stop()
        # Read from a copy, so that what is copied later is as the crash left it.
        copy = ram / f"truth{number}"
        reader = daemon(bench, copy)
        copy_state(self.folder, copy)
        reader.start()
        self.truth = facts(reader)
        told = sorted(lease["id"] for lease in self.live)
        if told != sorted(lease["id"] for lease in self.truth["leases"]):
            bench.violated("what was acknowledged is not what the state says, without any flip")
        reader.kill()
        shutil.rmtree(copy)
        self.sizes = {
            name: (self.folder / name).stat().st_size
            for name in FILES
            if (self.folder / name).exists()
        }

    def work(self, one):
        """Grants, renewals and releases, one after another."""
        with one.control() as client:
            for _ in range(OPERATIONS):
                if len(self.live) < 20 or (len(self.live) < 50 and self.chance.random() < 0.5):
                    self.number += 1
                    self.live.append(grant(client, f"person{self.number}").json)
                else:
                    lease = self.live.pop(self.chance.randrange(len(self.live)))
                    assert client.delete(f"/v1/leases/{lease['id']}").status == 204


def grant(client, holder):
    """A grant of the longest ttl."""
    body = {"pool": POOL, "holder": holder, "holder_groups": [GROUP], "ttl_seconds": 40_000}
    return client.post("/v1/leases", body)


def facts(one):
    """The whole state as its API tells it."""
    return {
        "pools": one.listed("/v1/pools", "pools"),
        "seats": one.listed("/v1/seats", "seats"),
        "leases": one.leases(),
        "groups": one.listed("/v1/groups", "groups"),
    }


class Flip:
    """One bit of one file."""

    def __init__(self, bench, base, number):
        chance = random.Random(f"{bench.seed}/flip{number}")
        names = [name for name in FILES if base.sizes.get(name)]
        self.name = chance.choices(names, [FILES[name] for name in names])[0]
        size = base.sizes[self.name]
        if self.name == "reserve":
            size = min(size, PAGE_BYTES)
        start = 0
        if self.name == "broker.sqlite-wal" and chance.random() < 0.5:
            start = max(0, size - TAIL_BYTES)
        if self.name == "broker.sqlite" and chance.random() < 1 / 3:
            # Most of the page is free space between the two.
            start, size = chance.choice([(0, 128), (PAGE_BYTES - 1_024, PAGE_BYTES)])
        if self.name == "tip":
            # Little else in it is anything but zero.
            start, size = chance.choice([(0, 32), (PAGE_BYTES, PAGE_BYTES + 32), (0, size)])
        self.offset, self.bit = chance.randrange(start, size), chance.randrange(8)

    def __str__(self):
        return f"{self.name} byte {self.offset} bit {self.bit}"

    def apply(self, base, state):
        """Flips it in a copy."""
        path = state / self.name
        if not path.exists():
            shutil.copyfile(base.folder / self.name, path)
        with open(path, "r+b") as file:
            file.seek(self.offset)
            byte = file.read(1)[0]
            file.seek(self.offset)
            file.write(bytes([byte ^ (1 << self.bit)]))


def flip_all(bench, base, daemons, numbers):
    """Tries every flip, a daemon a worker."""
    free, lock = list(daemons), threading.Lock()

    def one(number):
        with lock:
            mine = free.pop()
        try:
            flip = Flip(bench, base, number)
            outcome, complaint = attempt(base, mine, flip, bench)
        finally:
            mine.finish()
            with lock:
                free.append(mine)
        with lock:
            bench.count("flips")
            bench.count(outcome)
            if complaint:
                bench.violated(f"flip {number} ({flip}): {complaint}")

    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        for done in concurrent.futures.as_completed([pool.submit(one, n) for n in numbers]):
            done.result()


def attempt(base, one, flip, bench):
    """What became of one flip, and what is wrong with that."""
    copy_state(base.folder, one.state)
    flip.apply(base, one.state)
    one.log_file.unlink(missing_ok=True)
    try:
        bench.started(one.start())
    except AssertionError:
        if one.alive():
            return "hung", f"neither ready nor refused: {one.log()[-500:]}"
        code, log = one.process.returncode, one.log()
        if code != REFUSED or not SAYINGS.search(log):
            return "refused wrongly", f"ended with {code}: {log[-500:]}"
        return "refused", None
    try:
        found = facts(one)
        for what, truth in base.truth.items():
            if found[what] != truth:
                return "wrong", difference(what, truth, found[what])
        return "harmless", wrong_grant(base, one)
    except (OSError, Closed) as error:
        one.process.wait(5)
        # Found late: it ends rather than to go on with what it cannot read.
        if one.process.returncode == 1 and "not known any more" in one.log():
            return "ended when it was read", None
        return "crashed", f"{error!r}, {one.process.returncode}: {one.log()[-500:]}"


def difference(what, truth, found):
    """The first entries that differ."""
    for was, now in zip(truth, found):
        if was != now:
            return f"{what}: {was} became {now}"
    return f"{what}: {len(truth)} became {len(found)}"


def wrong_grant(base, one):
    """Asks for some leases; what is wrong with one of them, or None."""
    seats = {seat["name"]: seat for seat in base.truth["seats"]}
    with one.control() as client:
        for number in range(GRANTS_ASKED):
            answer = grant(client, f"newcomer{number}")
            if answer.status != 201:
                return f"no grant: {answer}"
            lease = answer.json
            seat = seats.pop(lease["seat"]["name"], None)
            if seat is None or seat["state"] != "available":
                return f"{lease['seat']['name']} was granted and is not free"
            if lease["token"] <= seat["token"]:
                return f"token {lease['token']} of {seat['name']} was given before"
    return None

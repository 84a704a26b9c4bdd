"""A careful client of its own pool, which remembers what it was told and compares after a crash.

The history of the load is checked by another program; this is a second opinion, a small one, and the
one that can say how much was lost.
"""

import random
import threading
import time

from broker.case import instant
from broker.http import Closed

POOL, GROUP, SEATS = "witness", "witness", 48
# So many acknowledged releases are asked for again after a crash.
RELEASES_ASKED = 6
# The pool is never full: a refusal would be a fault.
HOLDERS = SEATS - 8
TTL_SECONDS = 28_800
# The daemon takes over a step of the wall clock from 250 ms on, and so may be off by as much.
CLOCK_TOLERANCE_SECONDS = 0.3


def wall_offset():
    """What the wall clock is ahead of the boot-time clock, in seconds, by the closest of some pairs."""
    pairs = []
    for _ in range(5):
        before = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        wall = time.clock_gettime_ns(time.CLOCK_REALTIME)
        after = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        pairs.append((after - before, wall - (before + after) // 2))
    return min(pairs)[1] / 1e9


class Witness:
    """One connection, one request at a time, some forty holders."""

    def __init__(self, bench, daemon, pause=0.002, turned_away=()):
        self.bench, self.daemon, self.pause_seconds = bench, daemon, pause
        self.turned_away = turned_away
        self.may_be_turned_away = False  # the daemon has been told to stop
        self.first_offset = wall_offset()
        self.was_clock_set = False
        self.chance = random.Random(f"{bench.seed}/witness")
        self.acknowledged = self.unanswered = self.lost = 0
        self.held = {}  # holder -> the lease as it was told
        self.open_grants = {}  # holder -> key of a grant without an answer
        self.open_releases = {}  # holder -> lease whose release has no answer
        self.open_renewals = set()
        self.released = []  # acknowledged, the newest last
        self.tokens = {}  # seat -> the highest token that was told
        self.number = 0
        self._wanted = threading.Event()
        self._idle = threading.Event()
        self._ended = False
        self._idle.set()
        self._thread = threading.Thread(target=self._run, name="witness", daemon=True)
        self._thread.start()
        bench.defer(self.end)

    # Its thread

    def resume(self):
        """Goes to work."""
        self._idle.clear()
        self._wanted.set()

    def pause(self):
        """Stops, once its request is answered or lost."""
        self._wanted.clear()
        assert self._idle.wait(30), "the witness hangs in a request"

    def end(self):
        """For good."""
        self._ended = True
        self._wanted.set()
        self._thread.join(30)

    def _run(self):
        client = self.daemon.control(timeout=20.0)
        while not self._ended:
            if not self._wanted.is_set():
                self._idle.set()
                client.close()
                self._wanted.wait()
                continue
            try:
                self.step(client)
            except (OSError, Closed):
                client.close()
                time.sleep(0.002)
            except Exception as error:  # noqa: BLE001  it must be seen, not end a thread unseen
                self.bench.violated(f"witness: {error!r}")
                client.close()
            time.sleep(self.pause_seconds)
        self._idle.set()

    # Its work

    def step(self, client):
        """One request of a random holder."""
        holder = f"witness{self.chance.randrange(HOLDERS)}"
        if holder in self.open_releases or holder in self.open_grants:
            return  # settled after the next start
        lease = self.held.get(holder)
        if lease is None:
            self._grant(client, holder)
        elif self.chance.random() < 0.75:
            self._release(client, holder, lease)
        else:
            self._renew(client, holder, lease)

    def _ask(self, client, method, path, body=None, headers=None):
        """Asks once: what was sent and not answered stays open."""
        from broker.http import encode

        try:
            client.send(encode(method, path, body, headers), method)
            answer = client.receive()
            if answer.status == 503 and self.may_be_turned_away:
                raise ConnectionAbortedError("the daemon is stopping")
            return answer
        except OSError:
            client.close()
            self.unanswered += 1
            raise

    def _grant(self, client, holder):
        self.number += 1
        key = f"w{self.bench.seed}-{self.number}"
        self.open_grants[holder] = key
        self._granted(holder, self._repeat(client, holder, key))

    def _repeat(self, client, holder, key):
        body = {"pool": POOL, "holder": holder, "holder_groups": [GROUP],
                "ttl_seconds": TTL_SECONDS}  # fmt: skip
        return self._ask(client, "POST", "/v1/leases", body, {"Idempotency-Key": key})

    def _granted(self, holder, answer):
        del self.open_grants[holder]
        if self._is_turned_away(answer):
            return
        if answer.status not in (200, 201):
            raise AssertionError(f"grant to {holder}: {answer}")
        lease = answer.json
        self.acknowledged += 1
        if lease["holder"] != holder or lease["pool"] != POOL:
            self.bench.violated(f"{holder} was given another's lease: {lease}")
        seat, token = lease["seat"]["name"], lease["token"]
        if answer.headers.get("idempotency-replayed") != "true":
            if token <= self.tokens.get(seat, 0):
                self.bench.violated(f"token {token} of {seat} is not above {self.tokens[seat]}")
            for other, theirs in self.held.items():
                if theirs["seat"]["name"] == seat and other not in self.open_releases:
                    self.bench.violated(f"{seat} was given to {holder} while {other} has it")
        self.tokens[seat] = max(self.tokens.get(seat, 0), token)
        self._hold(holder, lease)

    def _hold(self, holder, lease):
        self.held[holder] = lease
        lease["wall_offset"] = wall_offset()

    def _is_turned_away(self, answer):
        """Whether nothing was done for want of what the fault takes away."""
        return answer.status in self.turned_away

    def _release(self, client, holder, lease):
        self.open_releases[holder] = lease
        answer = self._ask(client, "DELETE", f"/v1/leases/{lease['id']}")
        del self.open_releases[holder]
        if self._is_turned_away(answer):
            return
        if answer.status != 204:
            raise AssertionError(f"release by {holder}: {answer}")
        self.acknowledged += 1
        del self.held[holder]
        self.released.append(lease["id"])

    def _renew(self, client, holder, lease):
        self.open_renewals.add(holder)
        answer = self._ask(
            client, "POST", f"/v1/leases/{lease['id']}/renew", {"ttl_seconds": TTL_SECONDS}
        )
        self.open_renewals.discard(holder)
        if self._is_turned_away(answer):
            return
        if answer.status != 200:
            raise AssertionError(f"renewal by {holder}: {answer}")
        self.acknowledged += 1
        self._hold(holder, answer.json)

    # After a crash

    def _lose(self, text):
        self.lost += 1
        self.bench.violated(text)

    def compare(self):
        """The state against what was told; then what was open is settled as a user would."""
        leases = self.daemon.leases(f"pool={POOL}")
        live = {lease["id"]: lease for lease in leases}
        seats = [lease["seat"]["name"] for lease in leases]
        if len(seats) != len(set(seats)):
            self.bench.violated("a seat of the witness is leased twice")
        with self.daemon.control(timeout=20.0) as client:
            for holder, told in list(self.held.items()):
                self._compare_held(holder, told, live.get(told["id"]))
            for number in self.released[-200:]:
                if number in live:
                    self._lose(f"the released lease {number} came back")
            for number in self.released[-RELEASES_ASKED:]:
                answer = client.get(f"/v1/leases/{number}")
                if answer.status != 200 or answer.json["end_reason"] != "released":
                    self._lose(f"the release of {number} is gone: {answer}")
            self._compare_unknown(live)
            self._settle(client)

    def _compare_held(self, holder, told, found):
        if found is None:
            if holder not in self.open_releases:
                self._lose(f"the lease {told['id']} of {holder} is gone")
                del self.held[holder]
            return
        for field in ("holder", "token", "seat", "pool", "group"):
            if found[field] != told[field]:
                self.bench.violated(f"{field} of {told['id']} is {found[field]}, not {told[field]}")
        if self._moved("granted_at", found, told) != 0:
            self.bench.violated(
                f"{told['id']} was granted at {found['granted_at']}, not {told['granted_at']}"
            )
        if self._moved("expires_at", found, told) < 0:
            self._lose(f"the renewal of {told['id']} to {told['expires_at']} is gone")

    def _moved(self, field, found, told):
        """By how many seconds an instant is not what was told. A step of the wall clock restates all
        instants of a lease, so then they are compared as the boot-time clock has them.
        """
        offset = wall_offset()
        if abs(offset - self.first_offset) > 0.01:
            self.was_clock_set = True
        moved = instant(found[field]) - instant(told[field])
        if not self.was_clock_set:
            return moved
        moved -= offset - told["wall_offset"]
        return moved if abs(moved) > CLOCK_TOLERANCE_SECONDS else 0

    def _compare_unknown(self, live):
        """Leases that were never told are those of open grants, and have tokens of their own."""
        told = {lease["id"] for lease in self.held.values()}
        for lease in live.values():
            holder, seat = lease["holder"], lease["seat"]["name"]
            if lease["id"] in told:
                continue
            if holder.startswith("witness") and holder not in self.open_grants:
                self.bench.violated(f"{holder} has the lease {lease['id']}, which nobody asked for")
            if lease["token"] <= self.tokens.get(seat, 0):
                self.bench.violated(f"token {lease['token']} of {seat} was given before")

    def _settle(self, client):
        self.open_renewals.clear()
        for holder, key in list(self.open_grants.items()):
            self._granted(holder, self._repeat(client, holder, key))
        for holder, lease in list(self.open_releases.items()):
            self._release(client, holder, lease)

    def figures(self):
        """What it adds to the figures of a run."""
        return {"witnessed": self.acknowledged, "witnessed lost": self.lost}

"""Leases whose ends are timed, by the boot-time clock, which nothing steps."""

import time

from .witness import GROUP, POOL

# So long a lease may outlive its deadline while the broker runs, or after it is back.
LATE_SECONDS_MAX = 1.0
EVERY_SECONDS = 0.02


def now():
    """Seconds on the boot-time clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class TimedLeases:
    """Some leases of the witness's pool, each with a ttl of its own."""

    def __init__(self, bench, daemon, ttls):
        self.bench, self.daemon = bench, daemon
        self.client = daemon.control(timeout=60.0)
        self.leases = {}  # id -> (earliest, latest, as granted)
        self.pardoned = 0.0
        for number, ttl in enumerate(ttls):
            self._grant(f"timed{number}", ttl)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.close()

    def _grant(self, holder, ttl):
        asked = now()
        body = {"pool": POOL, "holder": holder, "holder_groups": [GROUP], "ttl_seconds": ttl}
        answer = self.client.post("/v1/leases", body)
        if answer.status != 201:
            self.bench.violated(f"a grant of {ttl} s to {holder}: {answer}")
            return
        # The deadline is the ttl after some moment between the question and its answer.
        self.leases[answer.json["id"]] = (asked + ttl, now() + ttl, answer.json)

    def pardon_until_now(self):
        """The daemon could do nothing until now: lateness counts from here."""
        self.pardoned = now()

    def look(self):
        """Judges every lease that has not been seen to end; gives those that are live."""
        asked = now()
        answer = self.client.get(f"/v1/leases?pool={POOL}&limit=1000")
        answered = now()
        live = {lease["id"]: lease for lease in answer.json["leases"]}
        for number, (earliest, latest, lease) in list(self.leases.items()):
            if number in live:
                late = asked - max(latest, self.pardoned)
                if late > LATE_SECONDS_MAX:
                    self.bench.violated(f"{lease['holder']} is live {late:.3f} s after its end")
                    del self.leases[number]
                continue
            if answered < earliest:
                early = earliest - answered
                self.bench.violated(f"{lease['holder']} ended {early:.3f} s early")
            ended = self.client.get(f"/v1/leases/{number}").json
            if ended["end_reason"] != "expired":
                self.bench.violated(f"{lease['holder']} ended as {ended['end_reason']}")
            del self.leases[number]
        return live

    def watch(self, until):
        """Looks for so many seconds."""
        end = now() + until
        while now() < end and self.leases:
            self.look()
            time.sleep(EVERY_SECONDS)

    def watch_to_the_end(self):
        """Looks until all have ended."""
        while self.leases:
            self.look()
            time.sleep(EVERY_SECONDS)

"""Usage: against a count of its own over the audit, and over a year of a large house."""

import datetime
import os
import random
import sqlite3
import struct
import threading
import time
import zoneinfo
from collections import defaultdict
from contextlib import closing

from broker import site, world
from broker.case import BrokerCase, measured
from broker.crowd import Crowd

PARIS = zoneinfo.ZoneInfo("Europe/Paris")
EVENT = struct.Struct("<qII")
CHUNK = 2_048
GRANTED, ENDED = 1, 3


def milliseconds(text):
    """An RFC 3339 instant as whole milliseconds since 1970."""
    seconds, rest = text.removesuffix("Z").split(".")
    whole = datetime.datetime.fromisoformat(seconds + "+00:00").timestamp()
    return int(whole) * 1_000 + int(rest)


def text(at):
    """What `milliseconds` reads."""
    when = datetime.datetime.fromtimestamp(at // 1_000, datetime.timezone.utc)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{at % 1_000:03d}Z"


class Count:
    """Leases and places in the line as intervals, read from the items of the audit."""

    def __init__(self, items, now):
        self.now = now
        self.leases = []  # (start, end, group, pool)
        self.waits = []
        self.grants = []  # (at, group, pool)
        self.refusals = []  # (at, group, rule)
        live, waiting = {}, {}
        for item in items:
            at, details = milliseconds(item["at"]), item["details"]
            verb, target = item["verb"], item["target"]
            if verb == "grant" and item["outcome"] == "done":
                live[target] = (at, details["group"], details["pool"])
                self.grants.append((at, details["group"], details["pool"]))
                if "waited_seconds" in details:
                    self.waits.append((*waiting.pop(item["holder"]), at))
            elif verb == "grant":
                self.refusals.append((at, details["group"], item["outcome"]))
            elif "end_reason" in details:
                start, group, pool = live.pop(target)
                self.leases.append((start, at, group, pool))
            elif verb == "wait":
                waiting[item["holder"]] = (at, details["group"])
            elif verb == "wait-end":
                self.waits.append((*waiting.pop(item["holder"]), at))
                if item["outcome"] == "wait-expired":
                    self.refusals.append((at, details["group"], "wait-expired"))
        self.leases += [(start, now, group, pool) for start, group, pool in live.values()]
        self.waits += [(start, group, now) for start, group in waiting.values()]

    def figures(self, start, end, group=None, pool=None):
        """The members of a row, but for its mean."""
        end = min(end, self.now)
        leases = [
            (max(lease[0], start), min(lease[1], end))
            for lease in self.leases
            if group in (None, lease[2]) and pool in (None, lease[3])
        ]
        leases = [(first, last) for first, last in leases if first < last]
        steps = sorted([(first, 1) for first, _ in leases] + [(last, -1) for _, last in leases])
        peak = count = 0
        for _, step in steps:
            count += step
            peak = max(peak, count)
        refusals = defaultdict(int)
        for at, whose, rule in self.refusals:
            if start <= at < end and group in (None, whose):
                refusals[rule] += 1
        waits = [w for w in self.waits if group in (None, w[1])]
        return {
            "seat_seconds": sum(last - first for first, last in leases) // 1_000,
            "peak": peak,
            "grants": sum(
                start <= at < end and group in (None, g) and pool in (None, p)
                for at, g, p in self.grants
            ),
            "refusals": dict(refusals),
            "waiting_seconds": sum(max(0, min(w[2], end) - max(w[0], start)) for w in waits) // 1_000,
            "waiters": sum(start <= w[0] < end for w in waits),
        }


class Usage(BrokerCase):
    seconds_max = 240

    def usage(self, daemon, query=""):
        """An answer of the call."""
        with daemon.control(timeout=60) as client:
            return self.assert_status(client.get(f"/v1/usage{query}"), 200).json

    def test_agrees_with_a_count_of_its_own(self):
        daemon = self.daemon(
            site.site(
                site.pool("telework", 20), site.pool("cad", 10),
                *[
                    site.group(f"g{n}", ["telework", "cad"], 6, members=[
                        world.agent(k) for k in range(1 + n * 20, 21 + n * 20)])
                    for n in range(3)
                ],
            )
        )  # fmt: skip
        began = int(time.time() * 1_000)
        names = [world.agent(number) for number in range(1, 61)]
        for seed in range(4):
            Crowd(daemon, names, release_share=0.6, seed=seed).go().results()
            time.sleep(0.7)
        kept = daemon.leases()
        waiter = threading.Thread(target=self.wait_in_vain, args=(daemon, kept[0]["group"]))
        waiter.start()
        time.sleep(0.5)
        if len(kept) > 2:
            for lease in kept[1:3]:
                self.release(daemon, lease)
        waiter.join()
        daemon.kill()
        daemon.start()
        with daemon.control() as client:
            now = milliseconds(client.get("/v1/status").json["now"])
        items = daemon.listed("/v1/audit", "audit")
        count = Count(items, now)
        self.assertGreater(len(count.leases), 20)
        self.assertTrue(count.refusals)
        chance = random.Random(20261124)
        ranges = [(began - 5_000, now), (began, now - 1)]
        for _ in range(12):
            start = chance.randrange(began, now - 1)
            ranges.append((start, chance.randrange(start + 1, now)))
        for start, end in ranges:
            query = f"?from={text(start)}&to={text(end)}"
            for by in ("", "group", "pool", "group,pool", "pool,hour"):
                answer = self.usage(daemon, query + (f"&by={by}" if by else ""))
                for row in answer["rows"]:
                    if "pool" in row and row["pool"] is None:
                        continue
                    wanted = count.figures(
                        milliseconds(row.get("from", text(start))),
                        milliseconds(row.get("to", text(end))), row.get("group"), row.get("pool"),
                    )  # fmt: skip
                    names = ["seat_seconds", "peak", "grants"]
                    if "pool" not in row:
                        names += ["refusals", "waiting_seconds", "waiters"]
                    self.assertEqual(
                        {n: row[n] for n in names}, {n: wanted[n] for n in names}, (query, row)
                    )
        measured(f"{len(items)} items of the audit, {len(count.leases)} leases: figures agree")
        self.wrong_questions(daemon)

    def wait_in_vain(self, daemon, group):
        members = [g["members"] for g in daemon.listed("/v1/groups", "groups") if g["name"] == group]
        busy = {lease["holder"] for lease in daemon.leases()}
        free = next(name for name in members[0] if name not in busy)
        with daemon.agent(free, timeout=20) as client:
            client.post("/v1/leases", {"wait_seconds": 2, "pool": "telework"})

    def wrong_questions(self, daemon):
        with daemon.control() as client:
            for wrong in ("by=", "by=week", "by=day,month", "by=group,group", "from=yesterday",
                          "from=2026-02-02&to=2026-02-01", "from=0001-01-01&by=hour"):  # fmt: skip
                self.assert_problem(client.get(f"/v1/usage?{wrong}"), "bad-request", 400)
        with daemon.agent(world.agent(1)) as client:
            self.assertEqual(client.get("/v1/usage").status, 403)
        code, out, _ = self.brokerctl(
            daemon, "root", "usage", "--by", "group", "--by", "day", "-o", "csv"
        )
        self.assertEqual(code, 0)
        self.assertTrue(out.startswith("from,to,group,seat_seconds,peak,mean,grants,"), out)
        self.assertGreater(len(out.splitlines()), 1)
        code, out, _ = self.brokerctl(daemon, "root", "usage")
        self.assertEqual(code, 0)
        self.assertIn("SEAT SECONDS", out)
        self.assertEqual(self.brokerctl(daemon, "root", "usage", "--by", "week")[0], 64)

    def test_a_year_of_a_large_house(self):
        """1.2 million leases of 5,000 agents in 20 groups, written as the history keeps them."""
        rota = site.rota({"am": "08:00-13:00", "pm": "13:00-18:30"})
        daemon = self.daemon(site.site(site.pool("telework", 1_700), site.group(
            "g00", ["telework"], members=[world.agent(1)]), rota))  # fmt: skip
        self.usage(daemon)
        daemon.stop()
        seed = 20261124
        year = make_year(seed)
        write_year(daemon.state / "history.db", year)
        measured(f"seed {seed}: {len(year) // 2} leases")
        daemon.start()
        query = "?from=2025-01-01&to=2026-01-01"
        wanted = year_by_day_and_group(year)
        slowest, cost = {}, {}
        for by in ("", "group", "pool", "day", "month", "hour", "group,day", "group,pool,month"):
            times, costs = [], []
            for _ in range(3):
                start, used = time.monotonic(), processor_seconds(daemon)
                answer = self.usage(daemon, query + (f"&by={by}" if by else ""))
                times.append(time.monotonic() - start)
                costs.append(processor_seconds(daemon) - used)
            slowest[by or "all"], cost[by or "all"] = max(times), min(costs)
            if by == "group,day":
                self.check_days(answer, wanted)
        measured(
            "a year by "
            + ", ".join(f"{by} {slowest[by] * 1000:.0f} ms ({cost[by] * 1000:.0f})" for by in cost)
            + "; in brackets time of a core, which other work of the machine does not lengthen"
        )
        for by, seconds in cost.items():
            self.assertLess(seconds, 0.4 if by == "hour" else 0.2, f"by {by}")
        self.grants_meanwhile(daemon, query)

    def check_days(self, answer, wanted):
        self.assertEqual(len(answer["rows"]), len(wanted))
        for row in answer["rows"]:
            day = datetime.datetime.fromtimestamp(milliseconds(row["from"]) / 1_000, PARIS).date()
            self.assertEqual((row["seat_seconds"], row["peak"], row["grants"]),
                             wanted[day, row["group"]], (day, row))  # fmt: skip

    def grants_meanwhile(self, daemon, query):
        """A grant is as quick beside a walk over the year as without one."""
        figures = {}
        for busy in (False, True):
            done = threading.Event()

            def ask():
                while not done.is_set():
                    self.usage(daemon, query + "&by=group")

            asker = threading.Thread(target=ask)
            if busy:
                asker.start()
            times = []
            with daemon.agent(world.agent(1)) as client:
                for _ in range(60):
                    start = time.monotonic()
                    lease = self.assert_status(client.post("/v1/leases"), 201, 200).json
                    times.append(time.monotonic() - start)
                    client.delete(f"/v1/leases/{lease['id']}")
                    time.sleep(0.05)
            done.set()
            if busy:
                asker.join()
            figures[busy] = sorted(times)
        measured(
            "grants: median "
            + ", ".join(
                f"{'beside' if busy else 'without'} the year {times[len(times) // 2] * 1000:.1f} ms,"
                f" slowest {times[-1] * 1000:.1f} ms"
                for busy, times in figures.items()
            )
        )
        self.assertLess(figures[True][len(figures[True]) // 2], 0.05)


def processor_seconds(daemon):
    """How long the daemon has run on a core since its start."""
    with open(f"/proc/{daemon.process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def make_year(seed):
    """Events of 2025, (at, party, code), in their order: each working half-day ten groups of twenty
    come, in which most get a seat, for the half-day or a part of it."""
    chance = random.Random(seed)
    events = []
    for day in range(365):
        date = datetime.date(2025, 1, 1) + datetime.timedelta(days=day)
        if date.weekday() > 4:
            continue
        for half, (start, end) in enumerate(((8, 13), (13, 18))):
            opens = int(datetime.datetime(date.year, date.month, date.day, start, tzinfo=PARIS)
                        .timestamp() * 1_000)  # fmt: skip
            length = (end - start) * 3_600_000
            for number in range(2_300):
                group = 2 * chance.randrange(10) + (half + day) % 2
                begins = int(min(chance.expovariate(1 / 1_800_000), length - 2))
                ends = length if chance.random() < 0.3 else chance.randrange(begins + 1, length)
                events.append((opens + begins, 1 + group, GRANTED))
                events.append((opens + ends, 1 + group, ENDED))
    # Whoever ends in the same millisecond goes first.
    return sorted(events, key=lambda event: (event[0], event[2] == GRANTED))


def write_year(path, events):
    """Puts the events before all that the history of a stopped daemon has."""
    with closing(sqlite3.connect(path)) as history:
        last = history.execute("SELECT coalesce(max(id), 0) FROM usage_chunk").fetchone()[0]
        if last:
            raise AssertionError("the house has had leases already")
        history.execute("DELETE FROM usage_party")
        history.execute("INSERT INTO usage_party VALUES (0, NULL, NULL)")
        for group in range(20):
            history.execute(
                "INSERT INTO usage_party VALUES (?, ?, 'telework')", (1 + group, f"g{group:02d}")
            )
        live, before = [0] * 21, 0
        for number, start in enumerate(range(0, len(events), CHUNK), 1):
            chunk = events[start : start + CHUNK]
            opening = b"".join(struct.pack("<Iii", p, n, 0) for p, n in enumerate(live) if n)
            packed = b"".join(EVENT.pack(*event) for event in chunk)
            history.execute(
                "INSERT INTO usage_chunk VALUES (?, ?, ?, ?, ?, ?)",
                (number, before, chunk[0][0], chunk[-1][0], opening, packed),
            )
            for _, party, code in chunk:
                live[party] += 1 if code == GRANTED else -1
            before = chunk[-1][0]
        history.commit()


def year_by_day_and_group(events):
    """Whole seat-seconds, the peak and grants; no lease lasts over midnight."""
    sums, live = defaultdict(int), defaultdict(int)
    peaks, grants, at_before = defaultdict(int), defaultdict(int), {}
    for at, party, code in events:
        # In these half-days the zone's offset at noon holds.
        key = (datetime.datetime.fromtimestamp(at // 1_000, PARIS).date(), f"g{party - 1:02d}")
        if at > at_before.get(key, at):
            peaks[key] = max(peaks[key], live[key])
        at_before[key] = at
        if code == GRANTED:
            live[key] += 1
            grants[key] += 1
            sums[key] -= at
        else:
            live[key] -= 1
            sums[key] += at
    return {key: (sums[key] // 1_000, peaks[key], grants[key]) for key in sums}

"""The event stream: resumed over crashes, slow readers, filters, and `brokerctl events`."""

import json
import select
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from broker import site, world
from broker.case import BrokerCase, measured
from broker.events import Events
from broker.http import Closed

SITE = site.site(
    site.pool("desks", 40), site.pool("rooms", 2), site.group("staff", ["desks", "rooms"])
)
KILLS = 20
# Twice as much as a reader may leave unread, and what the kernel keeps for it.
FLOOD_ROUNDS = 1_500
READERS_MAX = 256


class Writer(threading.Thread):
    """Grants and releases without a pause, also over restarts of the daemon."""

    def __init__(self, daemon, rounds=None):
        super().__init__(daemon=True)
        self.broker, self.rounds = daemon, rounds
        self.over = threading.Event()
        self.count = 0

    def run(self):
        client = None
        while not self.over.is_set() and self.count != self.rounds:
            try:
                if client is None:
                    client = self.broker.control()
                self.turn(client)
                self.count += 1
            except OSError:
                client = None
                time.sleep(0.01)

    def turn(self, client):
        holder = f"person{self.count % 30}"
        body = {"holder": holder, "holder_groups": ["staff"], "pool": "desks"}
        answer = client.post("/v1/leases", body)
        if answer.status in (200, 201):
            client.delete(f"/v1/leases/{answer.json['id']}")

    def stop(self):
        self.over.set()
        self.join(20)


class EventCase(BrokerCase):
    def open(self, daemon, query="", name="root", after=None, **more):
        """A stream of events."""
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        return Events(
            daemon.control(name, **more), "GET", "/v1/events" + (f"?{query}" if query else ""),
            headers=headers,
        )  # fmt: skip

    def stored(self, daemon, query="after=0"):
        """All events up to the present."""
        return self.open(daemon, f"{query}&follow=false").rest(60)

    def assert_grown(self, events):
        """Revisions grow, and each event is what its name says."""
        revisions = [data["revision"] for _, data in events]
        self.assertEqual(revisions, sorted(set(revisions)))
        for name, data in events:
            self.assertEqual(name, data["type"])


class Stream(EventCase):
    def test_live_and_stored_events_are_the_same(self):
        daemon = self.daemon(SITE)
        live = self.open(daemon)
        self.assertEqual(live.answer.status, 200)
        with daemon.control() as client:
            body = {"holder": "anna", "holder_groups": ["staff"]}
            lease = self.assert_status(client.post("/v1/leases", body), 201).json
            path = f"/v1/leases/{lease['id']}"
            self.assert_status(client.post(f"{path}/renew", {"ttl_seconds": 30_000}), 200)
            revoke = {"reason": "fire drill", "grace_seconds": 60}
            self.assert_status(client.post(f"{path}/revoke", revoke), 200)
            self.assert_status(client.delete(path), 204)
            self.assert_status(client.post("/v1/pools/rooms/cordon", {"reason": "paint"}), 200)
            self.assert_status(client.post("/v1/seats/desks-0001/cordon", {"reason": "fan"}), 200)
            self.assert_status(client.post("/v1/pools/desks/resize", {"size": 38}), 200)
        types = []
        events = []
        while "pool.changed" not in types:
            events.append(live.next())
            types.append(events[-1][0])
        self.assertEqual(
            types[:6],
            ["lease.granted", "lease.renewed", "lease.ending", "lease.ended", "pool.cordoned",
             "seat.cordoned"],
        )  # fmt: skip
        granted, ended = events[0][1], events[3][1]
        self.assertEqual(granted["lease"], lease)
        self.assertEqual(granted["actor"], {"name": "root", "role": "admin"})
        for key in ("pool", "group", "holder", "seat"):
            self.assertEqual(ended[key], granted[key])
        self.assertEqual(ended["lease"]["token"], lease["token"])
        self.assertEqual(ended["lease"]["end_reason"], "released")
        self.assertEqual(events[2][1]["lease"]["detail"], "fire drill")
        first = granted["revision"] - 1
        self.assertEqual(self.stored(daemon, f"after={first}")[: len(events)], events)
        daemon.kill()
        daemon.start()
        self.assertEqual(self.stored(daemon, f"after={first}")[: len(events)], events)
        daemon.restart()
        self.assertEqual(self.stored(daemon, f"after={first}")[: len(events)], events)
        self.assert_grown(self.stored(daemon))

    def test_resumption_over_kill_9(self):
        """Twenty crashes under a fast writer: every reader has the exact sequence."""
        daemon = self.daemon(SITE)
        writer = Writer(daemon)
        writer.start()
        readers = [[], []]
        streams = [self.open(daemon, "after=0"), self.open(daemon, "after=0&type=lease")]
        for _ in range(KILLS):
            end = time.monotonic() + 0.4
            killer = threading.Timer(0.3, daemon.kill)
            killer.start()
            for stream, events in zip(streams, readers):
                while True:
                    try:
                        event = stream.next(10)
                    except (Closed, OSError):
                        break
                    if event is None:
                        break
                    events.append(event)
                    if event[0] == "dropped":
                        self.fail(event)
            killer.join()
            self.assertLess(time.monotonic() - end, 20)
            daemon.start()
            streams = [
                self.open(daemon, after=streams[0].last_id),
                self.open(daemon, "type=lease", after=streams[1].last_id),
            ]
        writer.stop()
        everything = self.stored(daemon)
        self.assert_grown(everything)
        wanted = [everything, [each for each in everything if each[0].startswith("lease.")]]
        for stream, events, all_of_it in zip(streams, readers, wanted):
            while len(events) < len(all_of_it):
                events.append(stream.next(10))
            self.assertEqual(events, all_of_it)
        measured(f"{KILLS} kills: {len(everything)} events, none lost and none twice")

    def test_filters(self):
        daemon = self.daemon(SITE)
        streams = {
            query: self.open(daemon, query)
            for query in ("type=lease", "holder=ben", "pool=rooms", "type=pool,lease.ended")
        }
        with daemon.control() as client:
            for holder, pool in (("anna", "desks"), ("ben", "rooms")):
                body = {"holder": holder, "holder_groups": ["staff"], "pool": pool}
                lease = self.assert_status(client.post("/v1/leases", body), 201).json
                self.assert_status(client.delete(f"/v1/leases/{lease['id']}"), 204)
            self.assert_status(client.post("/v1/pools/rooms/cordon", {"reason": "paint"}), 200)
        lease = ["lease.granted", "lease.ended"]
        wanted = {
            "type=lease": lease * 2,
            "holder=ben": lease,
            "pool=rooms": [*lease, "pool.cordoned"],
            "type=pool,lease.ended": ["lease.ended", "lease.ended", "pool.cordoned"],
        }
        for query, types in wanted.items():
            self.assertEqual([streams[query].next()[0] for _ in types], types, query)
            self.assertEqual(
                [name for name, _ in self.stored(daemon, f"after=0&{query}")][-len(types) :], types
            )

    def test_who_may_read(self):
        daemon = self.daemon(SITE)
        for name, status in (
            ("root", 200), ("alice", 200), ("oscar", 200), ("olga", 200), ("brokerd-seats", 200),
            ("brokerd-gateway", 403), ("norbert", 403),
        ):  # fmt: skip
            stream = self.open(daemon, "follow=false", name=name)
            self.assertEqual(stream.answer.status, status, name)
        with daemon.agent("root") as client:
            self.assert_problem(client.get("/v1/events"), "forbidden", 403)
        with daemon.control() as client:
            for query in ("after=x", "type=nothing", "follow=perhaps", "seat=desks-0001"):
                self.assert_problem(client.get(f"/v1/events?{query}"), "bad-request", 400)

    def test_a_state_that_was_taken_back(self):
        """A revision of the state before is none of the restored one's, and is said to be so."""
        daemon = self.daemon(SITE)
        with daemon.control() as client:
            backup = self.assert_status(client.get("/v1/backup"), 200).body
            body = {"holder": "anna", "holder_groups": ["staff"]}
            self.assert_status(client.post("/v1/leases", body), 201)
            late = client.get("/v1/status").json["store"]["revision"]
        path = self.scratch("events-backup")
        with open(path, "wb") as file:
            file.write(backup)
        second = self.daemon("", start=False)
        subprocess.run(
            [world.program("brokerd"), "restore", "--config", str(second.config), path],
            check=True, cwd="/", user=world.user("brokerd").uid, group=world.user("brokerd").gid,
            env={"PATH": "/usr/bin:/bin"}, capture_output=True, timeout=30,
        )  # fmt: skip
        second.start()
        with second.control() as client:
            present = client.get("/v1/status").json["store"]["revision"]
            for after in (1, late + 1_000):
                answer = client.get(f"/v1/events?after={after}")
                self.assert_problem(answer, "events-gone", 410)
                self.assertLessEqual(answer.json["revision"], present)
                again = self.open(second, f"after={answer.json['revision']}&follow=false")
                self.assertEqual(again.answer.status, 200)


class Readers(EventCase):
    seconds_max = 240

    def test_a_reader_that_stops_reading(self):
        """It is dropped with a word, and costs neither the others nor the daemon's memory."""
        daemon = self.daemon(SITE)
        slow = self.open(daemon)
        slow.client.stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        good = self.open(daemon)
        before = daemon.memory_bytes()
        writer = Writer(daemon, FLOOD_ROUNDS)
        began = time.monotonic()
        writer.start()
        seen = [good.next(20) for _ in range(2 * FLOOD_ROUNDS)]
        writer.stop()
        measured(f"{2 * FLOOD_ROUNDS} events with a reader that sleeps"
                 f" {time.monotonic() - began:.1f} s")  # fmt: skip
        self.assert_grown(seen)
        # Its patience is ten seconds, counted from when it took nothing more.
        time.sleep(13)
        events = slow.rest(20)
        name, word = events.pop()
        self.assertEqual(name, "dropped")
        self.assertEqual(events, seen[: len(events)])
        self.assertLess(len(events), len(seen))
        rest = self.open(daemon, after=word["revision"])
        self.assertEqual(
            [rest.next() for _ in seen[len(events) :]], seen[len(events) :], "the rest"
        )
        self.assertLess(daemon.memory_bytes() - before, 64 << 20)

    def test_one_that_never_reads_again(self):
        """Its connection ends, and its place is free."""
        daemon = self.daemon(SITE)
        slow = self.open(daemon)
        Writer(daemon, FLOOD_ROUNDS).run()

        def has_ended():
            poll = select.poll()
            poll.register(slow.client.stream.fileno(), select.POLLHUP | select.POLLRDHUP)
            return poll.poll(0)

        self.eventually(has_ended, seconds=60, every=0.5)

    def test_there_is_a_most_of_them(self):
        daemon = self.daemon(SITE)
        streams = [self.open(daemon) for _ in range(READERS_MAX)]
        answer = self.open(daemon).answer
        self.assertEqual((answer.status, answer.slug), (429, "too-many-requests"))
        self.assertGreaterEqual(int(answer.headers["retry-after"]), 1)
        streams.pop().client.close()
        self.eventually(lambda: self.open(daemon).answer.status == 200)
        Writer(daemon, 3).run()
        for stream in streams:
            self.assertEqual([stream.next()[0] for _ in range(2)], ["lease.granted", "lease.ended"])

    def test_the_login_wave_with_200_readers(self):
        """The short form of `brokerbench wave`; what the long form gave is in PERFORMANCE.md."""
        if not Path(world.program("brokerbench")).exists():
            self.skipTest("brokerbench is not among the programs that are tested")
        result = subprocess.run(
            # Noise alone is a quarter beside other work: this finds readers that hold a wave up.
            [world.program("brokerbench"), "wave", "--brokerd", world.program("brokerd"),
             "--rounds", "5", "--folder", str(world.folder() / "tmp"), "--limit-percent", "50"],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        for line in result.stdout.splitlines():
            measured(line.replace("\t", " "))
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


class CommandLine(EventCase):
    def follow(self, daemon, *arguments):
        """brokerctl events in the background; its lines come out of `lines`."""
        process = subprocess.Popen(
            [world.program("brokerctl"), "events", *arguments], cwd="/",
            env={"PATH": "/usr/bin:/bin", "BROKERD_SOCKET": str(daemon.control_socket)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(lambda: (process.poll() is None and process.kill(), process.communicate()))
        return process

    def test_what_is_stored(self):
        daemon = self.daemon(SITE)
        Writer(daemon, 2).run()
        wanted = [data for _, data in self.stored(daemon)]
        for form in ("json", "jsonl"):
            code, stdout, _ = self.brokerctl(daemon, "olga", "events", "-o", form)
            self.assertEqual(code, 0)
            self.assertEqual([json.loads(line) for line in stdout.splitlines()], wanted)
        code, stdout, _ = self.brokerctl(
            daemon, "olga", "events", "--type", "lease", "--after", str(wanted[-2]["revision"])
        )
        self.assertEqual(code, 0)
        self.assertRegex(stdout, r"^\S+ +lease\.ended +person1 +desks-00\d\d +desks +staff")
        self.assertEqual(self.brokerctl(daemon, "olga", "events", "-o", "csv")[0], 64)
        self.assertEqual(self.brokerctl(daemon, "olga", "events", "--after", "-1")[0], 64)
        self.assertEqual(self.brokerctl(daemon, "norbert", "events")[0], 77)
        self.assertEqual(self.brokerctl(daemon, "olga", "events", "--after", "999999")[0], 66)
        self.assertEqual(self.brokerctl(daemon, "olga", "events", "--type", "x")[0], 65)
        daemon.stop()
        self.assertEqual(self.brokerctl(daemon, "olga", "events", "--follow")[0], 69)

    def test_following_over_restarts(self):
        daemon = self.daemon(SITE)
        process = self.follow(daemon, "--follow", "--after", "0", "-o", "jsonl")
        lines = []
        reader = threading.Thread(
            target=lambda: lines.extend(json.loads(line) for line in process.stdout), daemon=True
        )
        reader.start()

        def write():
            Writer(daemon, 50).run()
            wanted = [data for _, data in self.stored(daemon)]
            self.eventually(lambda: len(lines) >= len(wanted), seconds=15)
            self.assertEqual(lines, wanted)

        write()
        daemon.kill()
        daemon.start()
        write()
        daemon.restart()
        write()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(5), -signal.SIGINT)
        said = process.stderr.read().splitlines()
        self.assertEqual(len(said), 4, said)
        self.assertIn("nothing was missed", said[1])

    def test_nothing_steers_the_terminal(self):
        daemon = self.daemon(SITE)
        with daemon.control() as client:
            reason = "turn \u202eback\u202c \u200bnow"
            self.assert_status(client.post("/v1/pools/rooms/cordon", {"reason": reason}), 200)
        for form in ("table", "jsonl"):
            at = self.terminal(daemon, "root", "events", "--type", "pool.cordoned", "-o", form,
                               columns=400)  # fmt: skip
            shown = at.until("now")
            self.assertNotIn("\u202e", shown)
            self.assertIn("u{202e}" if form == "table" else "\\u202e", shown)
        stored = self.brokerctl(daemon, "root", "events", "--type", "pool.cordoned", "-o", "jsonl")
        self.assertEqual(json.loads(stored[1])["details"]["reason"], reason)

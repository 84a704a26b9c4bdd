"""Groups that take turns: how leases end with their windows, and who goes on."""

import time
from pathlib import Path

from broker import site
from broker.case import instant
from broker.events import Events
from broker.turns import (
    BOTH, EVENING, FOUR, GRACE_ENDS, MORNING, NOON, ONE, SPARE, THREE, TWO, Turns,
)  # fmt: skip


class Windows(Turns):
    def test_before_and_after_the_opening(self):
        group = self.group("dept01")
        self.assertEqual((group["open"], group["opens_at"], group["closes_at"]),
                         (False, MORNING, None))  # fmt: skip
        # So that they do not all come back in the same second, and each always in its own.
        spread = {}
        for name in ONE[2:22]:
            left = instant(MORNING) - self.clock.now()
            retry = int(self.refused(name, MORNING).headers["retry-after"])
            spread[name] = retry - left
        self.assertGreater(min(spread.values()), -1)
        self.assertLess(max(spread.values()), 31)
        self.assertGreater(len({round(each) for each in spread.values()}), 6)
        for name in ONE[2:5]:
            left = instant(MORNING) - self.clock.now()
            retry = int(self.refused(name, MORNING).headers["retry-after"])
            self.assert_close(retry - left, spread[name], 1.5)
        self.assertIsNone(self.grant(self.broker, THREE[0])["window_ends_at"])

        self.clock.set(self.broker, "2026-11-23T06:59:58.5Z")
        self.refused(ONE[2], MORNING)
        self.until(MORNING)
        lease = self.grant(self.broker, ONE[2])
        self.assertGreaterEqual(lease["granted_at"], MORNING)
        self.assertEqual(lease["window_ends_at"], NOON)
        self.assertEqual(lease["expires_at"], GRACE_ENDS)
        short = self.grant(self.broker, ONE[3], {"ttl_seconds": 60})
        self.assert_close(instant(short["expires_at"]), self.clock.now() + 60, 1)
        adjoining = self.grant(self.broker, FOUR[0], {"ttl_seconds": 40_000})
        self.assertEqual(adjoining["window_ends_at"], EVENING)
        group = self.group("dept01")
        self.assertEqual((group["open"], group["closes_at"]), (True, NOON))
        told = {g["name"]: g for g in self.control.get("/v1/status").json["groups"]}
        self.assertEqual((told["dept01"]["open"], told["dept01"]["closes_at"]), (True, NOON))
        self.assertEqual((told["dept02"]["open"], told["dept02"]["opens_at"]), (False, NOON))

    def test_the_end_of_a_window(self):
        """Ending for the grace, which no renewal moves, then closed."""
        self.clock.pass_until(self.broker, "2026-11-23T11:00:00Z")
        lease = self.grant(self.broker, ONE[2])
        short = self.grant(self.broker, ONE[3], {"ttl_seconds": 3630})
        self.clock.pass_until(self.broker, "2026-11-23T11:59:58Z")
        self.assertEqual(self.lease(self.broker, lease)["state"], "active")
        self.until(NOON)
        ending = self.eventually(
            lambda: (seen := self.lease(self.broker, lease))["state"] == "ending" and seen, 1
        )
        self.assertEqual(
            (ending["ending_reason"], ending["window_ends_at"], ending["expires_at"]),
            ("window-closed", NOON, GRACE_ENDS),
        )
        self.assertEqual(self.group("dept01")["used"], 2)
        self.refused(ONE[4], "2026-11-24T12:00:00.000Z")
        with self.broker.agent(ONE[2]) as client:
            renewed = self.assert_status(
                client.post(f"/v1/leases/{lease['id']}/renew", {"ttl_seconds": 3600}), 200
            ).json
            self.assertEqual((renewed["state"], renewed["expires_at"]), ("ending", GRACE_ENDS))
            # Whoever comes back gets the seat that is there.
            again = self.assert_status(client.post("/v1/leases"), 200).json
            self.assertEqual((again["id"], again["state"]), (lease["id"], "ending"))
        self.clock.pass_until(self.broker, "2026-11-23T12:09:58Z")
        ended = self.lease(self.broker, short)
        self.assertEqual(ended["end_reason"], "expired", "its own time was over first")
        self.assertEqual(self.lease(self.broker, lease)["state"], "ending")
        self.clock.pass_until(self.broker, GRACE_ENDS)
        ended = self.lease(self.broker, lease)
        self.assertEqual((ended["state"], ended["end_reason"]), ("ended", "window-closed"))
        self.assert_close(instant(ended["ended_at"]), instant(GRACE_ENDS), 1)
        self.assertEqual(self.group("dept01")["used"], 0)

    def test_a_set_clock(self):
        """Windows follow the wall clock, and a time to live does not."""
        self.clock.set(self.broker, "2026-11-23T09:00:00Z")
        lease = self.grant(self.broker, ONE[2])
        other = self.grant(self.broker, THREE[0], {"ttl_seconds": 7200})
        self.clock.set(self.broker, "2026-11-23T12:05:00Z")
        now = self.lease(self.broker, lease)
        self.assertEqual((now["state"], now["expires_at"]), ("ending", GRACE_ENDS))
        left = instant(self.lease(self.broker, other)["expires_at"]) - self.clock.now()
        self.assert_close(left, 7200, 5)
        # Back into the window: what was ending goes on.
        self.clock.set(self.broker, "2026-11-23T11:00:00Z")
        now = self.lease(self.broker, lease)
        self.assertEqual((now["state"], now["ending_reason"]), ("active", None))
        # Before it: nobody enters, and nobody is put out.
        self.clock.set(self.broker, "2026-11-23T06:00:00Z")
        self.assertEqual(self.lease(self.broker, lease)["state"], "active")
        self.refused(ONE[3], MORNING)
        self.clock.set(self.broker, "2026-11-23T12:10:00Z")
        self.assertEqual(self.lease(self.broker, lease)["end_reason"], "window-closed")

    def test_exceptions(self):
        """A date of its own: closed, or with other groups in its slots."""
        self.clock.set(self.broker, "2026-11-30T09:00:00Z")
        self.refused(ONE[2], "2026-12-01T07:00:00.000Z")
        self.grant(self.broker, THREE[0])
        self.clock.set(self.broker, "2026-12-01T09:00:00Z")
        lease = self.grant(self.broker, ONE[2])
        self.assertEqual(lease["window_ends_at"], "2026-12-01T12:00:00.000Z")
        self.clock.set(self.broker, "2026-12-01T13:00:00Z")
        self.grant(self.broker, TWO[0])
        # Its own slot of a Tuesday afternoon does not hold on that one.
        self.refused(ONE[3], "2026-12-07T07:00:00.000Z")


class GoingOn(Turns):
    begins = "2026-11-23T11:30:00Z"

    def test_a_person_of_the_next_window(self):
        """Keeps the lease, charged to the other group, and hears nothing of it."""
        lease = self.grant(self.broker, BOTH)
        self.assertEqual(lease["group"], "dept01")
        with self.broker.agent(BOTH) as client:
            events = Events(client, "GET", f"/v1/leases/{lease['id']}")
            self.clock.pass_until(self.broker, "2026-11-23T11:59:58.5Z")
            self.until(NOON)
            for event in (events.until("lease"), events.until("lease", 3)):
                self.assertEqual(event["state"], "active")
            self.assertEqual((event["group"], event["window_ends_at"]), ("dept02", EVENING))
            self.assertRaises(TimeoutError, events.next, 0.5)
        now = self.lease(self.broker, lease)
        self.assertEqual((now["id"], now["token"]), (lease["id"], lease["token"]))
        self.assertEqual(now["expires_at"], "2026-11-23T17:40:00.000Z")
        self.assertEqual((self.group("dept01")["used"], self.group("dept02")["used"]), (0, 1))

    def test_as_soon_as_the_other_group_has_room(self):
        other = self.grant(self.broker, "kim")
        lease = self.grant(self.broker, SPARE)
        self.clock.pass_until(self.broker, "2026-11-23T12:05:00Z")
        self.assertEqual(self.lease(self.broker, lease)["state"], "ending")
        self.release(self.broker, other)
        self.clock.shown(self.broker)
        now = self.lease(self.broker, lease)
        self.assertEqual(
            (now["state"], now["group"], now["ending_reason"], now["window_ends_at"]),
            ("active", "spare", None, None),
        )

    def test_a_command_that_runs_through_noon(self):
        self.clock.set(self.broker, "2026-11-23T11:59:57Z")
        at = self.terminal(
            self.broker, BOTH, "run", "--", "sh", "-c", "echo on; sleep 5; exit 3",
            socket=self.broker.agent_socket, env=self.clock.environment,
        )  # fmt: skip
        at.until("on\r\n")
        self.until(NOON)
        self.eventually(lambda: self.broker.leases()[0]["group"] == "dept02", 1)
        self.assertEqual(at.finish(), (3, ""))


class Warnings(Turns):
    """In real time, as far as the daemon can tell: the window ends eight seconds later."""

    begins = "2026-11-23T10:00:52Z"
    text = site.site(
        site.pool("telework", 8),
        site.group("dept01", ["telework"], slots=site.every_day("now")),
        site.rota({"now": "10:00-10:01"}, "UTC", grace_seconds=3, notice_seconds=[9, 2]),
    )

    def test_notices(self):
        """On the lease's stream, and from `run`, which has a command run at each."""
        path = self.scratch(f"notices-{time.monotonic_ns()}", "")
        Path(path).chmod(0o666)
        at = self.terminal(
            self.broker, ONE[1], "run", "--on-notice",
            f'echo "$BROKER_NOTICE_SECONDS $BROKER_NOTICE_REASON $BROKER_ENDS_AT" >>{path}; exit 7',
            "--", "sh", "-c", "trap 'echo told; exit' TERM; echo on; while :; do sleep 0.05; done",
            socket=self.broker.agent_socket, env=self.clock.environment,
        )  # fmt: skip
        lease = self.grant(self.broker, ONE[0])
        ends = "2026-11-23T10:01:03.000Z"
        self.assertEqual(lease["expires_at"], ends)
        with self.broker.agent(ONE[0]) as client:
            events = Events(client, "GET", f"/v1/leases/{lease['id']}").rest(14)
        self.assertEqual([name for name, _ in events],
                         ["lease", "notice", "lease", "notice", "lease"])  # fmt: skip
        states = [data["state"] for name, data in events if name == "lease"]
        self.assertEqual(states, ["active", "ending", "ended"])
        notices = [data for name, data in events if name == "notice"]
        for notice, seconds in zip(notices, (9, 2), strict=True):
            self.assertEqual(
                notice, {"lease": lease["id"], "ends_at": ends, "remaining_seconds": seconds,
                         "reason": "window-closed"})  # fmt: skip
        self.assertEqual(events[-1][1]["end_reason"], "window-closed")
        self.assert_close(instant(events[-1][1]["ended_at"]), instant(ends), 1)

        code, text = at.finish()
        self.assertEqual(code, 79)
        self.assertIn("told\n", text)
        for words in ("the lease ends in 9s: window-closed", "the lease ends in 2s: window-closed"):
            self.assertIn(words, text)
        self.assertEqual(text.count("--on-notice failed"), 1, "its failure is said once")
        told = [line.split() for line in Path(path).read_text().splitlines()]
        self.assertEqual(told, [["9", "window-closed", ends], ["2", "window-closed", ends]])


class Changes(Turns):
    begins = "2026-11-23T09:00:00Z"

    def test_a_group_that_is_taken_out(self):
        """Its leases end for the grace; put back in time, they go on."""
        held = [self.grant(self.broker, name) for name in ONE[2:4]]
        revision = self.control.get("/v1/status").json["store"]["revision"]
        plan = self.put_group("dept01", "?dry_run=true", slots=["tue.am"])
        self.assertEqual([lease["id"] for lease in plan["displaced"]], [l["id"] for l in held])
        self.assertEqual(plan["displaced"][0]["ending_reason"], "window-closed")
        self.assertEqual(self.control.get("/v1/status").json["store"]["revision"], revision)
        self.assertEqual(self.lease(self.broker, held[0]), held[0])

        self.put_group("dept01", slots=["tue.am"])
        for lease in held:
            now = self.lease(self.broker, lease)
            self.assertEqual((now["state"], now["ending_reason"]), ("ending", "window-closed"))
            self.assert_close(instant(now["expires_at"]), self.clock.now() + 600, 3)
        self.refused(ONE[4], "2026-11-24T07:00:00.000Z")
        self.put_group("dept01", slots=["mon.am"])
        self.assertEqual(self.lease(self.broker, held[0])["state"], "active")
        self.assertEqual(self.lease(self.broker, held[0])["expires_at"], GRACE_ENDS)

        self.put_group("dept01", slots=["tue.am"])
        self.clock.sleep(601)
        self.clock.shown(self.broker)
        for lease in held:
            self.assertEqual(self.lease(self.broker, lease)["end_reason"], "window-closed")

    def test_a_group_that_gets_and_loses_slots(self):
        lease = self.grant(self.broker, THREE[0], {"ttl_seconds": 20_000})
        self.put_group("dept03", slots=["mon.am"])
        now = self.lease(self.broker, lease)
        self.assertEqual((now["state"], now["expires_at"]), ("active", GRACE_ENDS))
        self.put_group("dept03", slots=["tue.am"])
        self.assertEqual(self.lease(self.broker, lease)["ending_reason"], "window-closed")
        self.put_group("dept03", slots=None)
        now = self.lease(self.broker, lease)
        self.assertEqual((now["state"], now["expires_at"]), ("active", lease["expires_at"]))
        self.assertIsNone(now["window_ends_at"])

    def test_by_the_command_line(self):
        lease = self.grant(self.broker, ONE[2])
        change = ["group", "set", "dept01", "--slots", "tue.am,wed.pm"]
        stdout, _ = self.cli("alice", *change, "--dry-run")
        self.assertIn(lease["holder"], stdout)
        self.cli("alice", *change, code=64)
        self.assertEqual(self.lease(self.broker, lease)["state"], "active")
        self.cli("alice", *change, "--yes")
        self.assertEqual(self.group("dept01")["slots"], ["tue.am", "wed.pm"])
        self.assertEqual(self.lease(self.broker, lease)["state"], "ending")
        self.cli("alice", "group", "set", "dept01", "--any-time")
        self.assertIsNone(self.group("dept01")["slots"])
        self.assertEqual(self.lease(self.broker, lease)["state"], "active")

    def test_killed_in_the_grace(self):
        """The deadline stays, and what was due meanwhile is done at the start."""
        held = [self.grant(self.broker, name) for name in ONE[2:4]]
        self.clock.pass_until(self.broker, "2026-11-23T12:02:00Z")
        self.broker.kill()
        self.clock.sleep(240)
        self.broker.start()
        now = self.lease(self.broker, held[0])
        self.assertEqual((now["state"], now["expires_at"]), ("ending", GRACE_ENDS))
        self.release(self.broker, held[1])
        self.broker.kill()
        self.clock.sleep(600)
        self.broker.start()
        ended = self.lease(self.broker, held[0])
        self.assertEqual((ended["state"], ended["end_reason"]), ("ended", "window-closed"))

    def test_killed_before_the_end(self):
        """Away over the end of the window: in the grace at the start, in no other state."""
        lease = self.grant(self.broker, ONE[2])
        both = self.grant(self.broker, BOTH)
        self.broker.kill()
        self.clock.sleep(instant("2026-11-23T12:04:00Z") - self.clock.now())
        self.broker.start()
        self.clock.shown(self.broker)
        self.assertEqual(self.lease(self.broker, lease)["state"], "ending")
        now = self.lease(self.broker, both)
        self.assertEqual((now["state"], now["group"]), ("active", "dept02"))

"""Drains that begin later, end, and can be called off."""

import time

from broker.case import instant
from broker.events import Events
from broker.house import GRACE_ENDS, NOON, House
from broker.turns import ONE, THREE, TWO

START, DEADLINE = "2026-11-24T10:00:00.000Z", "2026-11-24T10:10:00.000Z"
DRAIN = {"reason": "new image", "at": START, "deadline_seconds": 600}


class Later(House):
    def status(self, name="telework"):
        pools = self.control.get("/v1/status").json["pools"]
        return next(pool for pool in pools if pool["name"] == name)

    def test_from_plan_to_drained(self):
        """Open until it starts, drained only when it is empty; in the status with who and why."""
        held = [self.grant(self.broker, name) for name in ONE[:3]]
        plan = self.post("/v1/pools/telework/drain", DRAIN)
        self.assertEqual((plan["starts_at"], plan["deadline_at"]), (START, DEADLINE))
        self.assertEqual((plan["leases"], plan["cut_at_deadline"]), (3, 3))
        for told in (self.status(), self.pool(self.broker, "telework")):
            self.assertEqual(
                {key: told[key] for key in ("state", "reason", "by", "deadline_at",
                                            "drain_starts_at")},
                {"state": "open", "reason": "new image", "by": "oscar", "deadline_at": DEADLINE,
                 "drain_starts_at": START},
            )  # fmt: skip
        with self.broker.monitoring() as client:
            self.assertNotIn("oscar", client.get("/v1/status").body.decode())
        stdout, _ = self.cli("olga", "pool", "show", "telework")
        self.assertIn("new image", stdout)
        self.assertIn("oscar", stdout)
        # Those who are there, and those who come until then, know when it ends.
        for lease in (held[0], self.grant(self.broker, ONE[3])):
            now = self.lease(self.broker, lease)
            self.assertEqual((now["state"], now["expires_at"]), ("active", DEADLINE))

        self.broker.kill()
        self.broker.start()
        self.clock.pass_until(self.broker, START)
        told = self.status()
        self.assertEqual((told["state"], told["reason"], told["by"], told["drain_starts_at"]),
                         ("draining", "new image", "oscar", None))  # fmt: skip
        now = self.lease(self.broker, held[0])
        self.assertEqual((now["state"], now["ending_reason"]), ("ending", "drained"))
        answer = self.assert_problem(self.ask(ONE[4]), "pool-draining", 503)
        self.assertIn("new image", answer.json["detail"])
        self.release(self.broker, held[0])
        self.clock.pass_until(self.broker, instant(DEADLINE) - 1)
        self.assertEqual(self.status()["state"], "draining")
        self.clock.pass_until(self.broker, DEADLINE)
        self.assertEqual(self.status()["state"], "drained")
        ended = self.lease(self.broker, held[1])
        self.assertEqual((ended["end_reason"], ended["detail"]), ("drained", "new image"))
        self.assertEqual(self.broker.leases(), [])

    def test_called_off(self):
        """Before its start and after it: leases have their former ends again."""
        lease = self.grant(self.broker, ONE[0])
        for at in ("2026-11-24T09:30:00Z", "2026-11-24T10:05:00Z"):
            with self.subTest(at=at):
                self.post("/v1/pools/telework/drain", DRAIN)
                self.clock.pass_until(self.broker, at)
                self.assertEqual(self.lease(self.broker, lease)["expires_at"], DEADLINE)
                self.post("/v1/pools/telework/uncordon", {"reason": "not today"})
                told = self.status()
                self.assertEqual(
                    (told["state"], told["drain_starts_at"], told["deadline_at"]),
                    ("open", None, None),
                )
                now = self.lease(self.broker, lease)
                self.assertEqual((now["state"], now["expires_at"]), ("active", GRACE_ENDS))
        self.clock.pass_until(self.broker, "2026-11-24T10:30:00Z")
        self.grant(self.broker, ONE[1])

    def test_a_start_that_has_passed(self):
        """It is a drain at once, whose deadline counts from now."""
        self.clock.pass_until(self.broker, "2026-11-24T10:30:00Z")
        plan = self.post("/v1/pools/telework/drain", DRAIN)
        self.assertIsNone(plan["starts_at"])
        self.assert_close(instant(plan["deadline_at"]), self.clock.now() + 600, 2)
        self.assertEqual(self.status()["state"], "drained")

    def test_at_the_end_of_a_window(self):
        lease = self.grant(self.broker, ONE[0])
        body = {"reason": "move", "at": "window-end", "deadline_seconds": 60}
        plan = self.post("/v1/pools/telework/drain", body)
        self.assertEqual((plan["starts_at"], plan["deadline_at"]),
                         (NOON, "2026-11-24T12:01:00.000Z"))  # fmt: skip
        answer = self.control.post("/v1/pools/lab/drain", body)
        self.assert_problem(answer, "conflict", 409)
        answer = self.control.post("/v1/pools/telework/drain", {**body, "at": "noon"})
        self.assert_problem(answer, "bad-request", 400)
        self.clock.pass_until(self.broker, "2026-11-24T12:00:30Z")
        self.assert_problem(self.ask(TWO[0]), "pool-draining", 503)
        self.clock.pass_until(self.broker, "2026-11-24T12:01:00Z")
        self.assertEqual(self.lease(self.broker, lease)["end_reason"], "drained")
        self.assertEqual(self.status()["state"], "drained")

    def test_of_seats(self):
        """A range, from one o'clock on: free until then, and empty five minutes later."""
        held = [self.grant(self.broker, name) for name in ONE[:2]]
        names = [lease["seat"]["name"] for lease in held]
        self.cli("oscar", "seat", "drain", "telework-[0001-0003]", "--reason", "new disks",
                 "--at", "13:00", "--deadline", "5m", "--yes")  # fmt: skip
        seats = {seat["name"]: seat for seat in self.broker.listed("/v1/seats", "seats")}
        for name in names:
            self.assertEqual(seats[name]["reason"], "new disks")
        now = self.lease(self.broker, held[0])
        self.assertEqual((now["state"], now["expires_at"]), ("active", "2026-11-24T12:05:00.000Z"))
        self.grant(self.broker, ONE[2])
        self.clock.pass_until(self.broker, NOON)
        # Three of six are open to those whose window begins, and one of them is taken.
        self.assertEqual(self.pool(self.broker, "telework")["state"], "open")
        for name in TWO[:3]:
            self.assertNotIn(self.grant(self.broker, name)["seat"]["name"][-1], "123")
        self.assert_problem(self.ask(TWO[3]), "pool-exhausted", 503)
        self.clock.pass_until(self.broker, "2026-11-24T12:05:00Z")
        self.assertEqual(self.lease(self.broker, held[0])["end_reason"], "drained")
        self.cli("oscar", "seat", "uncordon", "telework-[0001-0003]")
        self.grant(self.broker, TWO[3])

    def test_by_the_command_line(self):
        self.grant(self.broker, ONE[0])
        drain = ["pool", "drain", "telework", "--reason", "move", "--deadline", "30m", "--yes"]
        for at, wanted in (
            ("13:00", NOON),
            ("today 13:00", NOON),
            ("2026-11-25 08:00", "2026-11-25T07:00:00.000Z"),
            ("tomorrow 08:00", "2026-11-25T07:00:00.000Z"),
            (NOON, NOON),
            ("window-end", NOON),
        ):
            with self.subTest(at=at):
                stdout, _ = self.cli("oscar", *drain, "--at", at)
                self.assertIn("It starts at", stdout)
                self.assertEqual(self.status()["drain_starts_at"], wanted)
        self.cli("oscar", *drain, "--at", "someday", code=64)
        self.cli("oscar", "pool", "drain", "lab", "--reason", "x", "--at", "window-end", "--yes",
                 code=1)  # fmt: skip

    def test_holders_are_warned(self):
        """At once, where the first warning would have come earlier, with what will end it."""
        lease = self.grant(self.broker, THREE[0])
        with self.broker.agent(THREE[0]) as client:
            events = Events(client, "GET", f"/v1/leases/{lease['id']}")
            self.assertEqual(events.next()[1]["state"], "active")
            began = time.monotonic()
            body = {"reason": "fire drill", "deadline_seconds": 2}
            self.post("/v1/pools/lab/drain", body)
            seen = events.rest()
        self.assertEqual([name for name, _ in seen], ["lease", "notice", "lease"])
        self.assertEqual(seen[0][1]["ending_reason"], "drained")
        notice = seen[1][1]
        self.assertEqual((notice["reason"], notice["remaining_seconds"]), ("drained", 2))
        self.assertEqual(seen[2][1]["end_reason"], "drained")
        self.assert_close(time.monotonic() - began, 2, 0.7)

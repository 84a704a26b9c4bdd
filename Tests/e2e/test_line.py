"""The waiting line: who waits, how places are kept and left, and who is served."""

import socket
import time

from broker import site, world
from broker.case import instant, measured
from broker.http import encode
from broker.line import LineCase
from broker.turns import SITE as TURNS

ONE, TWO, THREE = (world.agents_of(n) for n in range(1, 4))
WHY = {"reason": "test"}
# So long a place with a key is kept for somebody who is not connected.
ABSENCE_SECONDS = 30


def one_seat(size=1):
    """A pool that is soon full, and one that nobody needs."""
    return site.site(
        site.pool("telework", size),
        site.pool("cad", 1),
        site.group("dept01", ["telework"]),
        site.group("dept02", ["telework"]),
        site.group("dept03", ["cad"]),
    )


class Waiting(LineCase):
    text = one_seat()

    def setUp(self):
        super().setUp()
        self.held = self.grant(self.broker, ONE[0])

    def test_a_long_poll(self):
        client = self.wait(ONE[1], ttl_seconds=3600)
        place = self.queue()[0]
        self.assertEqual(
            {key: place[key] for key in ("place", "ahead", "holder", "pool", "group", "connected")},
            {"place": 1, "ahead": 0, "holder": ONE[1], "pool": None, "group": "dept01",
             "connected": True},
        )  # fmt: skip
        self.assert_close(instant(place["since"]), self.clock.now(), 1)
        self.assert_close(instant(place["expires_at"]), instant(place["since"]) + 60, 0.01)
        self.assertEqual(place["estimated_at"], self.held["expires_at"])
        told = self.control.get("/v1/status").json["queue"]
        self.assertEqual((told["waiting"], told["oldest_seconds"]), (1, 0))
        self.assertEqual(self.control.get("/v1/groups/dept01").json["waiting"], 1)
        began = time.monotonic()
        self.release(self.broker, self.held)
        answer = self.assert_status(client.receive(), 201)
        measured(f"line: released to granted {(time.monotonic() - began) * 1000:.1f} ms")
        lease = answer.json
        self.assertEqual(answer.headers["location"], f"/v1/leases/{lease['id']}")
        self.assertEqual((lease["holder"], lease["seat"]), (ONE[1], self.held["seat"]))
        self.assert_close(instant(lease["expires_at"]), self.clock.now() + 3600, 2)
        self.assertEqual(self.queue(), [])
        # The connection goes on as if nothing had been.
        self.assert_status(client.get("/v1/leases"), 200)

    def test_events(self):
        first = self.wait(ONE[1])
        events = self.wait_with_events(ONE[2])
        self.assertEqual(events.answer.status, 200)
        self.assertEqual(events.answer.headers["content-type"], "text/event-stream")
        name, notice = events.next()
        self.assertEqual((name, notice["place"], notice["ahead"]), ("queue", 2, 1))
        self.assert_close(instant(notice["expires_at"]), self.clock.now() + 60, 1)
        first.close()
        notice = events.until("queue", 3)
        self.assertEqual((notice["place"], notice["ahead"]), (1, 0))
        self.assertEqual(notice["estimated_at"], self.held["expires_at"])
        self.release(self.broker, self.held)
        (name, lease), *more = events.rest()
        self.assertEqual((name, lease["holder"], more), ("lease", ONE[2], []))
        self.assertEqual(self.lease(self.broker, lease), lease)

    def test_events_that_need_not_wait(self):
        """Granted or refused at once: the lease as the one event, or the problem as usual."""
        events = self.wait_with_events(THREE[0])
        self.assertEqual(events.answer.status, 200)
        (name, lease), *more = events.rest()
        self.assertEqual((name, lease["holder"], more), ("lease", THREE[0], []))
        events = self.wait_with_events("kim")
        self.assert_problem(events.answer, "not-entitled", 403)
        # Whoever does not wait is not told of it in events.
        events = self.wait_with_events(ONE[1], seconds=0)
        self.assert_problem(events.answer, "pool-exhausted", 503)

    def test_in_order(self):
        clients = {}
        for name in (ONE[1], TWO[0], ONE[2]):
            clients[name] = self.wait(name)
        self.assertEqual(self.names(), [ONE[1], TWO[0], ONE[2]])
        self.assertEqual([place["ahead"] for place in self.queue()], [0, 1, 2])
        self.assertEqual(len(self.queue("?group=dept01")), 2)
        self.assertEqual(self.queue("?pool=cad"), [])
        lease = self.held
        for name in (ONE[1], TWO[0], ONE[2]):
            self.release(self.broker, lease)
            lease = self.granted(clients[name])
            self.assertEqual(lease["holder"], name)

    def test_pages(self):
        names = [*ONE[1:5], *TWO[:3]]
        clients = [self.wait(name) for name in names]
        listed = [place["holder"] for place in self.broker.listed("/v1/queue", "waiting")]
        self.assertEqual(listed, names)
        first = self.control.get("/v1/queue?limit=3").json
        rest = self.control.get(f"/v1/queue?limit=100&after={first['next']}").json
        self.assertEqual([p["place"] for p in first["waiting"] + rest["waiting"]],
                         list(range(1, 8)))  # fmt: skip
        self.assertIsNone(rest["next"])
        self.assertEqual(len(clients), 7)
        self.assertEqual(self.broker.control("norbert").get("/v1/queue").status, 403)
        self.assertEqual(self.client(ONE[9]).get("/v1/queue").status, 403)

    def test_whoever_goes_away_leaves_the_line(self):
        for how in ("close", "half", "events"):
            with self.subTest(how=how):
                if how == "events":
                    events = self.wait_with_events(ONE[1])
                    events.next()
                    client = events.client
                else:
                    client = self.wait(ONE[1])
                if how == "half":
                    client.stream.shutdown(socket.SHUT_WR)
                else:
                    client.close()
                self.eventually(lambda: not self.queue(), 1)
        self.release(self.broker, self.held)
        self.assertEqual(self.broker.leases(), [])

    def test_the_wait_is_over(self):
        client, events = self.wait(ONE[1], 1), self.wait_with_events(ONE[2], 1)
        began = time.monotonic()
        answer = self.assert_problem(client.receive(), "wait-expired", 503)
        self.assert_close(time.monotonic() - began, 1, 0.5)
        self.assertIn("pool-exhausted", answer.rules)
        self.assertEqual(
            (answer.json["ahead"], answer.json["estimated_at"]), (0, self.held["expires_at"])
        )
        name, problem = events.rest()[-1]
        self.assertEqual((name, problem["type"]), ("problem", "/v1/problems/wait-expired"))
        self.assertGreaterEqual(problem["retry_after_seconds"], 1)
        self.assertEqual(self.queue(), [])

    def test_how_long(self):
        for seconds in (-1, 43_201, 1.5, "60", True):
            with self.subTest(seconds=seconds):
                answer = self.client(ONE[1]).post("/v1/leases", {"wait_seconds": seconds})
                self.assert_problem(answer, "bad-request", 400)
        self.wait(ONE[1], 43_200)

    def test_a_pool_that_is_closed(self):
        """Whoever waits for it hears at once why, and the next is not let into the line."""
        for verb, slug in (("cordon", "pool-cordoned"), ("drain", "pool-draining")):
            with self.subTest(verb=verb):
                client, events = self.wait(ONE[1]), self.wait_with_events(ONE[2])
                answer = self.control.post(f"/v1/pools/telework/{verb}", {"reason": "new image"})
                self.assert_status(answer, 200)
                answer = self.assert_problem(client.receive(), slug, 503)
                self.assertIn("new image", answer.json["detail"])
                name, problem = events.rest()[-1]
                self.assertEqual((name, problem["type"]), ("problem", f"/v1/problems/{slug}"))
                answer = self.client(ONE[1]).post("/v1/leases", {"wait_seconds": 60})
                self.assert_problem(answer, slug, 503)
                self.control.post("/v1/pools/telework/uncordon", WHY)

    def test_taken_over(self):
        """A second request of the person: the place stays, the older connection hears of it."""
        older = self.wait(ONE[1], 60)
        since = self.place(ONE[1])["since"]
        behind = self.wait(TWO[0])
        newer = self.client(ONE[1])
        events = self.wait_with_events(ONE[1], 30)
        self.assert_problem(older.receive(), "conflict", 409)
        place = self.place(ONE[1])
        self.assertEqual((place["since"], place["place"]), (since, 1))
        self.assert_close(instant(place["expires_at"]), self.clock.now() + 30, 1)
        self.release(self.broker, self.held)
        self.assertEqual(events.rest()[-1][0], "lease")
        # Whoever has one is not in line for another of that pool.
        self.assert_status(newer.post("/v1/leases", {"wait_seconds": 60}), 200)
        self.assertEqual(self.names(), [TWO[0]])
        behind.close()

    def test_for_somebody_else(self):
        """A gateway waits for people, each of whom has a place of his own."""
        gateway = [self.broker.control("brokerd-gateway", timeout=60.0) for _ in range(2)]
        for client, name in zip(gateway, ("paula", "pablo"), strict=True):
            self.addCleanup(client.close)
            body = {"holder": name, "holder_groups": ["dept01"], "wait_seconds": 60}
            client.send(encode("POST", "/v1/leases", body), "POST")
            self.place(name, connected=True)
        behind = self.wait(ONE[1])
        gateway[0].close()
        self.eventually(lambda: self.names() == ["pablo", ONE[1]], 1)
        self.release(self.broker, self.held)
        lease = self.granted(gateway[1])
        self.assertEqual(lease["holder"], "pablo")
        self.assert_status(gateway[1].delete(f"/v1/leases/{lease['id']}"), 204)
        self.granted(behind)

    def test_at_the_stop(self):
        """Whoever waits is told that the daemon goes, and does not hold it up."""
        client, events = self.wait(ONE[1]), self.wait_with_events(ONE[2])
        code, seconds = self.broker.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 2)
        self.assertEqual(client.receive().status, 503)
        self.assertEqual(events.rest()[-1][0], "problem")


class Keys(LineCase):
    """A place with an idempotency key outlives its connection for a while."""

    text = one_seat()

    def setUp(self):
        super().setUp()
        self.held = self.grant(self.broker, ONE[0])

    def test_passed_by_while_away(self):
        away, there = self.wait(ONE[1], key="k-1"), self.wait(ONE[2])
        since = self.place(ONE[1])["since"]
        away.close()
        self.place(ONE[1], connected=False, place=1)
        self.release(self.broker, self.held)
        lease = self.granted(there)
        back = self.wait(ONE[1], key="k-1")
        self.assertEqual(self.place(ONE[1])["since"], since)
        self.release(self.broker, lease)
        lease = self.granted(back)
        # The key is remembered as that of any grant.
        again = self.client(ONE[1]).post("/v1/leases", None, {"Idempotency-Key": "k-1"})
        self.assert_status(again, 201)
        self.assertEqual(again.headers["idempotency-replayed"], "true")
        self.assertEqual(again.json["id"], lease["id"])

    def test_for_so_long(self):
        self.wait(ONE[1], 3600, key="k-1").close()
        self.place(ONE[1], connected=False)
        self.clock.sleep(ABSENCE_SECONDS - 3)
        self.clock.shown(self.broker)
        self.assertEqual(self.names(), [ONE[1]])
        self.clock.sleep(3)
        self.clock.shown(self.broker)
        self.assertEqual(self.names(), [])
        # Then it is a new place, behind those who came meanwhile.
        self.wait(ONE[2])
        self.wait(ONE[1], key="k-1")
        self.assertEqual(self.names(), [ONE[2], ONE[1]])

    def test_over_a_crash_and_a_restart(self):
        # After a crash nobody knows when they went: they are away from the start on.
        for end, down, away in ((self.broker.kill, 40, 25), (self.broker.stop, 10, 15)):
            with self.subTest(end=end.__name__):
                keys = [f"{end.__name__}-1", f"{end.__name__}-2"]
                first = self.wait(ONE[1], 3600, key=keys[0])
                second = self.wait(TWO[0], 3600, key=keys[1])
                keyless = self.wait(ONE[3], 3600)
                before = [self.place(name)["since"] for name in (ONE[1], TWO[0])]
                end()
                self.clock.sleep(down)
                self.broker.start()
                self.control.close()
                self.assertEqual(self.names(), [ONE[1], TWO[0]])
                self.place(ONE[1], connected=False)
                self.clock.sleep(away)
                for each in (first, second, keyless):
                    each.close()
                # In whichever order they come back.
                second = self.wait(TWO[0], 3600, key=keys[1])
                first = self.wait(ONE[1], 3600, key=keys[0])
                self.assertEqual(self.names(), [ONE[1], TWO[0]])
                self.assertEqual([place["since"] for place in self.queue()], before)
                self.release(self.broker, self.held)
                lease = self.granted(first)
                self.release(self.broker, lease)
                self.held = self.granted(second)
                self.release(self.broker, self.held)
                self.held = self.grant(self.broker, ONE[0])
        self.broker.kill()
        self.broker.start()
        self.assertEqual(self.queue(), [])

    def test_not_after_too_long_a_restart(self):
        self.wait(ONE[1], 3600, key="k-1")
        self.broker.kill()
        self.broker.start()
        self.control.close()
        self.assertEqual(self.names(), [ONE[1]])
        self.clock.sleep(ABSENCE_SECONDS + 1)
        self.clock.shown(self.broker)
        self.assertEqual(self.names(), [])

    def test_the_same_key_with_another_body(self):
        self.wait(ONE[1], key="k-1")
        headers = {"Idempotency-Key": "k-1"}
        body = {"wait_seconds": 60, "ttl_seconds": 77}
        answer = self.client(ONE[1]).post("/v1/leases", body, headers)
        self.assert_problem(answer, "conflict", 409)
        # How long to wait is no part of it.
        self.wait_with_events(ONE[1], 10, key="k-1").next()
        self.assertEqual(len(self.queue()), 1)


class Rules(LineCase):
    text = site.site(
        site.pool("telework", 3),
        site.group("dept01", ["telework"], 1),
        site.group("dept02", ["telework"]),
        site.group("dept03", ["telework"], reserve=1),
    )

    def test_a_quota_blocks_nobody(self):
        one = self.grant(self.broker, ONE[0])
        two = self.grant(self.broker, TWO[0])
        first, second = self.wait(ONE[1]), self.wait(TWO[1])
        # The seat that is free is another group's.
        self.assertEqual(self.pool(self.broker, "telework")["seats"]["available"], 1)
        self.release(self.broker, two)
        self.granted(second)
        self.assertEqual(self.names(), [ONE[1]])
        self.release(self.broker, one)
        self.granted(first)

    def test_a_reserve_is_kept(self):
        two = [self.grant(self.broker, name) for name in TWO[:2]]
        waiting = self.wait(TWO[2])
        three = self.grant(self.broker, THREE[0])
        self.release(self.broker, three)
        self.assertEqual(self.names(), [TWO[2]])
        self.grant(self.broker, THREE[0])
        second = self.wait(THREE[1])
        self.release(self.broker, two[0])
        self.granted(waiting)
        self.release(self.broker, two[1])
        self.granted(second)

    def test_growth_and_uncordon_serve_the_line(self):
        for name in TWO[:2]:
            self.grant(self.broker, name)
        first, second = self.wait(TWO[2]), self.wait(TWO[3])
        self.assert_status(self.control.post("/v1/pools/telework/resize", {"size": 4}), 200)
        self.granted(first)
        quota = {"members": ["@dept03"], "pools": ["telework"]}
        self.assert_status(self.control.put("/v1/groups/dept03", quota), 200)
        self.granted(second)

    def test_account(self):
        """Who was refused and waited more goes first among those of the same second."""
        for name in TWO[:2]:
            self.grant(self.broker, name)
        known = self.control.get(f"/v1/explain?agent={TWO[2]}").json
        self.assertEqual((known["account_minutes"], known["ahead"]), (0, 0))
        for _ in range(3):  # once a minute
            self.assert_problem(self.client(TWO[2]).post("/v1/leases"), "pool-exhausted", 503)
        known = self.control.get(f"/v1/explain?agent={TWO[2]}").json
        self.assertEqual(known["account_minutes"], 1)
        gone = self.wait(TWO[3], 3600)
        self.clock.sleep(130)
        self.clock.shown(self.broker)
        gone.close()
        self.eventually(lambda: not self.queue(), 1)
        known = self.control.get(f"/v1/explain?agent={TWO[3]}").json
        self.assertEqual(known["account_minutes"], 2)
        time.sleep(1.05 - self.clock.now() % 1)
        clients = [self.wait(name) for name in (TWO[4], TWO[2], TWO[3])]
        seconds = {place["since"][:19] for place in self.queue()}
        self.assertEqual(len(seconds), 1, "the machine is too slow for this test")
        self.assertEqual(self.names(), [TWO[3], TWO[2], TWO[4]])
        known = self.control.get(f"/v1/explain?agent={TWO[5]}").json
        self.assertEqual((known["ahead"], known["account_minutes"]), (3, 0))
        # Whoever comes in a later second stands behind, whatever the account says.
        time.sleep(1.05 - self.clock.now() % 1)
        self.assert_status(self.client(TWO[6]).post("/v1/leases"), 503)
        clients.append(self.wait(TWO[6]))
        self.assertEqual(self.names()[-1], TWO[6])


class Full(LineCase):
    text = one_seat()
    limits = {"waiting": 3, "waiting_per_group": 2}

    def test_both_limits(self):
        self.grant(self.broker, ONE[0])
        for name in ONE[1:3]:
            self.wait(name)
        answer = self.client(ONE[3]).post("/v1/leases", {"wait_seconds": 60})
        self.assert_problem(answer, "line-full", 503)
        reason = answer.json["reasons"][0]
        self.assertEqual(
            (reason["rule"], reason["group"], reason["waiting"], reason["limit"]),
            ("line-full", "dept01", 2, 2),
        )
        self.assertIn("pool-exhausted", answer.rules)
        self.wait(TWO[0])
        answer = self.client(TWO[1]).post("/v1/leases", {"wait_seconds": 60})
        self.assert_problem(answer, "line-full", 503)
        self.assertEqual(
            (answer.json["reasons"][0].get("group"), answer.json["reasons"][0]["limit"]), (None, 3)
        )
        # Whoever has a place takes no second one.
        self.wait_with_events(ONE[1]).next()
        self.assertEqual(len(self.queue()), 3)
        # More at once, without a restart.
        self.broker.write_config(limits={"waiting": 4, "waiting_per_group": 3})
        self.assert_status(self.control.post("/v1/reload"), 200)
        self.wait(ONE[4])
        self.assertEqual(self.names(), [ONE[1], ONE[2], TWO[0], ONE[4]])


class Openings(LineCase):
    text = TURNS
    begins = "2026-11-23T06:59:56Z"

    def test_for_an_opening(self):
        """Whoever asks to wait for long enough does, and is let in when the window opens."""
        answer = self.client(ONE[2]).post("/v1/leases", {"wait_seconds": 1})
        self.assert_problem(answer, "outside-window", 403)
        client = self.wait(ONE[2], 30)
        self.assertEqual(self.queue()[0]["estimated_at"], "2026-11-23T07:00:00.000Z")
        lease = self.granted(client)
        late = instant(lease["granted_at"]) - instant("2026-11-23T07:00:00Z")
        self.assertGreaterEqual(late, 0)
        measured(f"line: opening to grant {late * 1000:.0f} ms")
        self.assertLess(late, 0.5)

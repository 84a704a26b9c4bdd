"""The life of a lease: which seat, how long, how it ends, how a repeat is told from a new wish."""

import time

from broker import site, world
from broker.case import BrokerCase, instant

ONE, TWO = world.agents_of(1), world.agents_of(2)
# "A lease outlives its deadline by at most 1 s, and never ends before it."
LATE_SECONDS_MAX = 1.0


def small(**more):
    """A pool of four, two groups."""
    pool = {"lease_ttl_seconds": 600, "lease_ttl_max_seconds": 1200, **more}
    return site.site(
        site.pool("telework", 4, **pool),
        site.group("dept01", ["telework"]),
        site.group("dept02", ["telework"]),
    )


class Grant(BrokerCase):
    def test_the_lease_as_documented(self):
        broker = self.daemon(small(seat_host="%d.desk.example", port=4000))
        before = time.time()
        lease = self.grant(broker, ONE[0], {"ttl_seconds": 300})
        self.assertEqual(
            lease["seat"],
            {"name": "telework-0001", "host": "1.desk.example", "port": 4000,
             "protocol": "rdp", "url": None},
        )  # fmt: skip
        self.assertEqual(
            {key: lease[key] for key in (
                "state", "pool", "group", "holder", "window_ends_at", "ending_reason", "ended_at",
                "end_reason", "detail")},
            {"state": "active", "pool": "telework", "group": "dept01", "holder": ONE[0],
             "window_ends_at": None, "ending_reason": None, "ended_at": None, "end_reason": None,
             "detail": None},
        )  # fmt: skip
        self.assertRegex(lease["granted_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assert_close(instant(lease["granted_at"]), before, 2)
        self.assert_close(instant(lease["expires_at"]) - instant(lease["granted_at"]), 300, 0.01)
        self.assertLess(lease["token"], 2**53)

    def test_one_lease_a_holder_and_pool(self):
        """Asked again, the same lease comes back unchanged, whatever else the request says."""
        broker = self.daemon(small())
        lease = self.grant(broker, ONE[0])
        for body in (None, {"pool": "telework", "ttl_seconds": 5}, {"group": "dept01"}):
            self.assertEqual(self.grant(broker, ONE[0], body, status=200), lease)
        with broker.control("oscar") as client:
            client.post("/v1/pools/telework/cordon", {"reason": "test"})
        self.assertEqual(self.grant(broker, ONE[0], status=200), lease)
        self.assertEqual(len(broker.leases()), 1)

    def test_without_a_pool_the_groups_take_turns(self):
        """Groups in the site's order, in each its pools in order: the first that may is charged."""
        broker = self.daemon(
            site.site(
                site.pool("small", 1),
                site.pool("large", 5),
                site.group("dept01", ["small", "large"], 3),
                site.group("everybody", ["large"], members=["@dept01", "@dept02"]),
            )
        )
        got = [self.grant(broker, name) for name in ONE[:4]]
        self.assertEqual(
            [(lease["group"], lease["pool"]) for lease in got],
            [("dept01", "small"), ("dept01", "large"), ("dept01", "large"), ("everybody", "large")],
        )

    def test_kept_and_last_and_longest_free(self):
        """A kept seat first, else the one the holder had last, else the one free for longest."""
        listed = [{"name": "own", "host": "own.desk", "agent": ONE[0]}]
        broker = self.daemon(
            site.site(
                site.pool("telework", 4, seats=listed),
                site.group("dept01", ["telework"]),
            )
        )
        own = self.grant(broker, ONE[0])
        self.assertEqual((own["seat"]["name"], own["seat"]["host"]), ("own", "own.desk"))
        others = [self.grant(broker, name) for name in ONE[1:4]]
        seats = [lease["seat"]["name"] for lease in others]
        self.assertEqual(seats, ["telework-0001", "telework-0002", "telework-0003"])
        # The kept one is nobody else's, although it is the only one left.
        self.release(broker, own)
        with broker.agent(ONE[4]) as client:
            self.assert_problem(client.post("/v1/leases"), "pool-exhausted", 503)
        for index in (1, 0, 2):
            self.release(broker, others[index])
        self.assertEqual(self.grant(broker, ONE[3])["seat"]["name"], seats[2])
        self.assertEqual(self.grant(broker, ONE[4])["seat"]["name"], seats[1])
        self.assertEqual(self.grant(broker, ONE[0])["seat"]["name"], "own")

    def test_reserve(self):
        """Others may take a free seat only if more are free than the sum of unmet reserves."""
        broker = self.daemon(
            site.site(
                site.pool("telework", 5),
                site.group("dept01", ["telework"], reserve=2),
                site.group("dept02", ["telework"]),
            )
        )
        for name in TWO[:3]:
            self.grant(broker, name)
        with broker.agent(TWO[3]) as client:
            answer = self.assert_problem(client.post("/v1/leases"), "pool-exhausted", 503)
        reason = answer.json["reasons"][0]
        self.assertEqual((reason["available"], reason["reserved"]), (2, 2))
        first = self.grant(broker, ONE[0])
        with broker.agent(TWO[3]) as client:
            self.assert_problem(client.post("/v1/leases"), "pool-exhausted", 503)
        self.grant(broker, ONE[1])
        self.release(broker, first)
        with broker.agent(TWO[3]) as client:
            self.assert_problem(client.post("/v1/leases"), "pool-exhausted", 503)

    def test_quota_cut(self):
        """A quota below what is in use revokes nobody; new ones wait until usage is below it."""
        broker = self.daemon(small())
        leases = [self.grant(broker, name) for name in ONE[:3]]
        group = {"members": ["@dept01"], "pools": ["telework"], "quota": 1}
        with broker.control("alice") as client:
            self.assert_status(client.put("/v1/groups/dept01", group), 200)
            self.assertEqual(client.get("/v1/groups/dept01").json["used"], 3)
        self.assertEqual(len(broker.leases()), 3)
        for lease in leases:
            with broker.agent(ONE[3]) as client:
                self.assert_problem(client.post("/v1/leases"), "quota-exceeded", 429)
            self.release(broker, lease)
        self.grant(broker, ONE[3])

    def test_url_seats(self):
        broker = self.daemon(
            site.site(
                site.pool("meeting", 2, protocol="url", seat_url="https://meet.example/room-%03d"),
                site.group("dept01", ["meeting"]),
            )
        )
        lease = self.grant(broker, ONE[0])
        self.assertEqual(lease["seat"]["protocol"], "url")
        self.assertEqual(lease["seat"]["url"], "https://meet.example/room-001")

    def test_connection_file(self):
        broker = self.daemon(small(seat_host="desk-%02d.example"))
        lease = self.grant(broker, ONE[0])
        path = f"/v1/leases/{lease['id']}/connection"
        with broker.agent(ONE[0]) as client:
            answer = self.assert_status(client.get(path), 200)
            self.assertEqual(answer.json["host"], "desk-01.example")
            answer = self.assert_status(client.get(path, {"Accept": "application/x-rdp"}), 200)
            self.assertTrue(answer.headers["content-type"].startswith("application/x-rdp"))
            self.assertIn("full address:s:desk-01.example", answer.body.decode())


class Ends(BrokerCase):
    def test_in_time(self):
        """It ends at its deadline: not before, at most a second late."""
        broker = self.daemon(small())
        lease = self.grant(broker, ONE[0], {"ttl_seconds": 2})
        ended = self.eventually(
            lambda: (now := self.lease(broker, lease))["state"] == "ended" and now, 6, 0.1
        )
        late = time.time() - instant(lease["expires_at"])
        self.assertGreaterEqual(late, 0)
        self.assertLess(late, LATE_SECONDS_MAX + 0.3)
        self.assertEqual(ended["end_reason"], "expired")
        over = instant(ended["ended_at"]) - instant(lease["expires_at"])
        self.assertTrue(0 <= over <= LATE_SECONDS_MAX, over)
        with broker.agent(ONE[0]) as client:
            self.assert_problem(
                client.post(f"/v1/leases/{lease['id']}/renew"), "lease-ended", 410
            )
            # Releasing it is done already.
            self.assert_status(client.delete(f"/v1/leases/{lease['id']}"), 204)
        self.assert_sums(broker)

    def test_while_the_daemon_was_away(self):
        """A deadline that passed meanwhile counts; one that did not is as it was."""
        broker = self.daemon(small())
        short = self.grant(broker, ONE[0], {"ttl_seconds": 1})
        long = self.grant(broker, ONE[1], {"ttl_seconds": 60})
        broker.kill()
        time.sleep(1.5)
        broker.start()
        self.eventually(lambda: self.lease(broker, short)["state"] == "ended", 1.5)
        self.assert_close(
            instant(self.lease(broker, long)["expires_at"]), instant(long["expires_at"]), 0.05
        )

    def test_release_is_repeatable(self):
        broker = self.daemon(small())
        lease = self.grant(broker, ONE[0])
        self.release(broker, lease)
        self.release(broker, lease)
        self.assertEqual(self.lease(broker, lease)["end_reason"], "released")
        self.assertEqual(broker.leases(), [])
        again = self.grant(broker, ONE[0])
        self.assertNotEqual(again["id"], lease["id"])
        self.assertEqual(again["seat"], lease["seat"])
        self.assertGreater(again["token"], lease["token"])

    def test_revoke(self):
        broker = self.daemon(small())
        now, later = (self.grant(broker, name) for name in ONE[:2])
        with broker.control("oscar") as client:
            path = f"/v1/leases/{now['id']}/revoke"
            lease = self.assert_status(client.post(path, {"reason": "left the house"}), 200).json
            self.assertEqual(
                (lease["state"], lease["end_reason"], lease["detail"]),
                ("ended", "revoked", "left the house"),
            )
            path = f"/v1/leases/{later['id']}/revoke"
            body = {"reason": "fire drill", "grace_seconds": 2}
            lease = self.assert_status(client.post(path, body), 200).json
            self.assertEqual((lease["state"], lease["ending_reason"]), ("ending", "revoked"))
            self.assert_close(instant(lease["expires_at"]), time.time() + 2, 0.5)
        # It cannot be renewed past that.
        with broker.agent(later["holder"]) as client:
            renewed = self.assert_status(
                client.post(f"/v1/leases/{later['id']}/renew", {"ttl_seconds": 900}), 200
            ).json
            self.assertEqual(renewed["expires_at"], lease["expires_at"])
        ended = self.eventually(
            lambda: (seen := self.lease(broker, later))["state"] == "ended" and seen, 5, 0.1
        )
        self.assertEqual((ended["end_reason"], ended["detail"]), ("revoked", "fire drill"))

    def test_renew(self):
        broker = self.daemon(small())
        lease = self.grant(broker, ONE[0], {"ttl_seconds": 900})
        with broker.agent(ONE[0]) as client:
            path = f"/v1/leases/{lease['id']}/renew"
            shorter = self.assert_status(client.post(path, {"ttl_seconds": 10}), 200).json
            self.assertEqual(shorter["expires_at"], lease["expires_at"], "renewing shortened it")
            clamped = self.assert_status(client.post(path, {"ttl_seconds": 999_999}), 200).json
            self.assert_close(instant(clamped["expires_at"]), time.time() + 1200, 2)
            self.assertEqual(clamped["token"], lease["token"])
            unnamed = self.assert_status(client.post(path), 200).json
            self.assertEqual(unnamed["expires_at"], clamped["expires_at"])
        with broker.control("alice") as client:
            body = {"members": [], "pools": ["telework"]}
            self.assert_status(client.put("/v1/groups/dept01", body), 200)
        with broker.agent(ONE[0]) as client:
            answer = client.post(f"/v1/leases/{lease['id']}/renew")
            self.assert_problem(answer, "not-entitled", 403)

    def test_tokens_only_grow(self):
        """Over releases, over restarts, over the seat's and the pool's disappearance."""
        broker = self.daemon(
            site.site(site.pool("telework", 1), site.group("dept01", ["telework"])), seat_limit=9
        )
        last = 0
        for turn in range(6):
            lease = self.grant(broker, ONE[turn])
            self.assertGreater(lease["token"], last)
            last = lease["token"]
            self.release(broker, lease)
            if turn == 1:
                broker.restart()
            if turn == 2:
                broker.kill()
                broker.start()
            if turn == 3:
                with broker.control("alice") as client:
                    self.assert_status(client.post("/v1/pools/telework/resize", {"size": 0}), 200)
                    self.assert_status(client.post("/v1/pools/telework/resize", {"size": 1}), 200)
            if turn == 4:
                with broker.control("alice") as client:
                    self.assert_status(client.delete("/v1/pools/telework"), 204)
                    pool = {"name": "telework", "size": 1}
                    self.assert_status(client.post("/v1/pools", pool), 201)
                    group = {"members": ["@dept01"], "pools": ["telework"]}
                    self.assert_status(client.put("/v1/groups/dept01", group), 200)


class Idempotency(BrokerCase):
    """`Idempotency-Key`: a repeat answers as the first did, over a restart too."""

    def setUp(self):
        super().setUp()
        self.broker = self.daemon(small())

    def ask(self, name, key, body=None):
        with self.broker.agent(name) as client:
            return client.post("/v1/leases", body, {"Idempotency-Key": key})

    def test_a_repeat_is_told(self):
        first = self.assert_status(self.ask(ONE[0], "k", {"ttl_seconds": 500}), 201)
        self.assertNotIn("idempotency-replayed", first.headers)
        for key in ("k", '"k"'):
            again = self.assert_status(self.ask(ONE[0], key, {"ttl_seconds": 500}), 201)
            self.assertEqual(again.headers["idempotency-replayed"], "true")
            self.assertEqual(again.json, first.json)
        self.broker.kill()
        self.broker.start()
        again = self.assert_status(self.ask(ONE[0], "k", {"ttl_seconds": 500}), 201)
        self.assertEqual(again.json["id"], first.json["id"])

    def test_the_lease_as_it_is_now(self):
        first = self.ask(ONE[0], "k").json
        with self.broker.agent(ONE[0]) as client:
            renewed = client.post(f"/v1/leases/{first['id']}/renew", {"ttl_seconds": 1100}).json
        again = self.assert_status(self.ask(ONE[0], "k"), 201)
        self.assertEqual(again.json["expires_at"], renewed["expires_at"])
        self.release(self.broker, first)
        self.assert_problem(self.ask(ONE[0], "k"), "lease-ended", 410)

    def test_another_body_is_a_conflict(self):
        self.assert_status(self.ask(ONE[0], "k", {"ttl_seconds": 500}), 201)
        self.assert_problem(self.ask(ONE[0], "k", {"ttl_seconds": 501}), "conflict", 409)
        self.assert_problem(self.ask(ONE[0], "k"), "conflict", 409)

    def test_each_holder_has_keys_of_their_own(self):
        mine = self.assert_status(self.ask(ONE[0], "k"), 201).json
        theirs = self.assert_status(self.ask(ONE[1], "k"), 201).json
        self.assertNotEqual(mine["id"], theirs["id"])

    def test_refusals_are_decided_anew(self):
        leases = [self.grant(self.broker, name) for name in ONE[:4]]
        self.assert_problem(self.ask(ONE[4], "k"), "pool-exhausted", 503)
        self.release(self.broker, leases[0])
        answer = self.assert_status(self.ask(ONE[4], "k"), 201)
        self.assertNotIn("idempotency-replayed", answer.headers)

    def test_length(self):
        self.assert_status(self.ask(ONE[0], "k" * 255), 201)
        self.assert_problem(self.ask(ONE[1], "k" * 256), "bad-request", 400)


class Lists(BrokerCase):
    def test_pages(self):
        broker = self.daemon(site.department(quota=None))
        names = [world.agent(n) for n in range(1, 26)]
        granted = [self.grant(broker, name)["id"] for name in names]
        seen, after, pages = [], "", 0
        with broker.control("olga") as client:
            while after is not None:
                tail = f"&after={after}" if after else ""
                page = self.assert_status(client.get(f"/v1/leases?limit=7{tail}"), 200).json
                self.assertLessEqual(len(page["leases"]), 7)
                seen += [lease["id"] for lease in page["leases"]]
                after = page["next"]
                pages += 1
            self.assertEqual((seen, pages), (granted, 4))
            self.assertEqual(len(client.get("/v1/seats").json["seats"]), 100)
            self.assert_problem(client.get("/v1/leases?after=%22nonsense"), "bad-request", 400)
        seats = broker.listed("/v1/seats", "seats")
        self.assertEqual([seat["name"] for seat in seats], [f"vdi-{n:04d}" for n in range(1, 1701)])

    def test_filters(self):
        broker = self.daemon(small())
        mine, theirs = self.grant(broker, ONE[0]), self.grant(broker, TWO[0])
        self.release(broker, theirs)
        for query, wanted in (
            ("", [mine]),
            ("pool=telework", [mine]),
            ("group=dept01&state=active", [mine]),
            ("group=dept02", []),
            ("state=ending", []),
            (f"holder={ONE[0]}", [mine]),
            (f"holder={TWO[0]}", []),
        ):
            with self.subTest(query=query):
                self.assertEqual(
                    [each["id"] for each in broker.leases(query)], [each["id"] for each in wanted]
                )
        seats = broker.listed("/v1/seats?state=leased", "seats")
        self.assertEqual(
            [(seat["name"], seat["lease"], seat["holder"]) for seat in seats],
            [(mine["seat"]["name"], mine["id"], ONE[0])],
        )

    def test_an_agent_sees_only_its_own(self):
        broker = self.daemon(small())
        mine = self.grant(broker, ONE[0])
        self.grant(broker, TWO[0])
        with broker.agent(ONE[0]) as client:
            listed = client.get("/v1/leases").json["leases"]
            self.assertEqual([each["id"] for each in listed], [mine["id"]])

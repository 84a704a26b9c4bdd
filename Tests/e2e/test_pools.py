"""What admins and operators do to pools, seats, groups and the site under live leases."""

import time

from broker import site, world
from broker.case import BrokerCase, instant

ONE, TWO = world.agents_of(1), world.agents_of(2)
WHY = {"reason": "test"}


def small(size=4, **more):
    """One pool with short leases for two groups."""
    pool = {"lease_ttl_seconds": 600, "lease_ttl_max_seconds": 1200, **more}
    return site.site(
        site.pool("telework", size, **pool),
        site.group("dept01", ["telework"]),
        site.group("dept02", ["telework"]),
    )


class Verbs(BrokerCase):
    def post(self, path, body=None, status=200, name="alice"):
        with self.broker.control(name) as client:
            return self.assert_status(client.post(path, body), status).json


class Size(Verbs):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(small(), seat_limit=10)

    def resize(self, size, status=200, **more):
        return self.post("/v1/pools/telework/resize", {"size": size, **more}, status)

    def test_growth_is_at_once(self):
        plan = self.resize(6)
        self.assertEqual(
            (plan["size"], plan["target_size"], plan["displaced"], plan["complete_by"]),
            (6, 6, [], None),
        )
        names = [seat["name"] for seat in self.broker.listed("/v1/seats", "seats")]
        self.assertEqual(names, [f"telework-{n:04d}" for n in range(1, 7)])
        self.assert_sums(self.broker)

    def test_shrink_takes_free_seats_first(self):
        held = [self.grant(self.broker, name) for name in ONE[:2]]
        plan = self.resize(2, dry_run=True)
        self.assertEqual((plan["retired"], plan["displaced"]), (2, []))
        self.assertEqual(self.pool(self.broker, "telework")["size"], 4)
        plan = self.resize(2)
        self.assertEqual((plan["size"], plan["target_size"], plan["retired"]), (2, 2, 2))
        for lease in held:
            self.assertEqual(self.lease(self.broker, lease)["state"], "active")
        self.assert_sums(self.broker)

    def test_shrink_displaces_the_soonest_to_end(self):
        long = self.grant(self.broker, ONE[0], {"ttl_seconds": 900})
        soon = self.grant(self.broker, ONE[1], {"ttl_seconds": 3})
        middle = self.grant(self.broker, ONE[2], {"ttl_seconds": 500})
        plan = self.resize(1)
        self.assertEqual(
            [lease["id"] for lease in plan["displaced"]], [soon["id"], middle["id"]]
        )
        self.assertEqual((plan["size"], plan["target_size"]), (3, 1))
        self.assert_close(instant(plan["complete_by"]), instant(middle["expires_at"]), 0.05)
        self.assertEqual(self.lease(self.broker, long)["state"], "active")
        displaced = self.lease(self.broker, middle)
        self.assertEqual((displaced["state"], displaced["ending_reason"]), ("ending", "drained"))
        self.assertEqual(displaced["expires_at"], middle["expires_at"])
        with self.broker.agent(middle["holder"]) as client:
            renewed = client.post(f"/v1/leases/{middle['id']}/renew", {"ttl_seconds": 1200})
            self.assertEqual(self.assert_status(renewed, 200).json["expires_at"],
                             middle["expires_at"])  # fmt: skip
        self.assert_sums(self.broker)
        ended = self.eventually(
            lambda: (seen := self.lease(self.broker, soon))["state"] == "ended" and seen, 6
        )
        self.assertEqual(ended["end_reason"], "drained")
        self.assertEqual(self.pool(self.broker, "telework")["size"], 2)
        # A retired seat is not given out again.
        with self.broker.agent(ONE[5]) as client:
            self.assert_problem(client.post("/v1/leases"), "pool-exhausted", 503)
        self.broker.kill()
        self.broker.start()
        self.assertEqual(self.lease(self.broker, middle)["state"], "ending")
        self.assert_sums(self.broker)

    def test_growth_takes_retiring_seats_back(self):
        held = [self.grant(self.broker, name) for name in ONE[:4]]
        self.resize(1)
        states = [self.lease(self.broker, lease)["state"] for lease in held]
        self.assertEqual(sorted(states), ["active", "ending", "ending", "ending"])
        self.resize(5)
        for lease in held:
            now = self.lease(self.broker, lease)
            self.assertEqual((now["state"], now["expires_at"]), ("active", lease["expires_at"]))
        names = [seat["name"] for seat in self.broker.listed("/v1/seats", "seats")]
        self.assertEqual(names, [f"telework-{n:04d}" for n in range(1, 6)])
        self.assert_sums(self.broker)

    def test_retiring_seats_count_in_the_limit(self):
        for name in ONE[:4]:
            self.grant(self.broker, name)
        self.resize(1)
        pool = {"name": "other", "size": 7}
        with self.broker.control("alice") as client:
            self.assert_problem(client.post("/v1/pools", pool), "seat-limit", 409)
        self.post("/v1/pools", {**pool, "size": 6}, 201)


class Drain(Verbs):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(small())
        self.held = [self.grant(self.broker, name, {"ttl_seconds": 300}) for name in ONE[:2]]

    def drain(self, **body):
        return self.post("/v1/pools/telework/drain", {"reason": "move", **body}, name="oscar")

    def test_deadline(self):
        forecast = self.drain(deadline_seconds=2, dry_run=True)
        self.assertEqual(
            (forecast["leases"], forecast["cut_at_deadline"], forecast["waits_for_ever"]),
            (2, 2, False),
        )
        self.assertEqual(self.pool(self.broker, "telework")["state"], "open")
        forecast = self.drain(deadline_seconds=2)
        self.assert_close(instant(forecast["deadline_at"]), time.time() + 2, 0.5)
        self.assertEqual(self.pool(self.broker, "telework")["state"], "draining")
        for lease in self.held:
            now = self.lease(self.broker, lease)
            self.assertEqual((now["state"], now["ending_reason"]), ("ending", "drained"))
            self.assertEqual(now["expires_at"], forecast["deadline_at"])
        self.eventually(lambda: self.pool(self.broker, "telework")["state"] == "drained", 5)
        for lease in self.held:
            self.assertEqual(self.lease(self.broker, lease)["end_reason"], "drained")
        with self.broker.agent(ONE[0]) as client:
            self.assertEqual(client.post("/v1/leases").status, 503)
        self.post("/v1/pools/telework/uncordon", WHY, name="oscar")
        self.assertEqual(self.pool(self.broker, "telework")["state"], "open")
        self.grant(self.broker, ONE[0])

    def test_without_a_deadline(self):
        """Leases stay active and run out: the forecast says that it may wait for ever."""
        for body in ({}, {"deadline_seconds": None}):
            forecast = self.drain(**body)
            self.assertEqual(
                (forecast["deadline_at"], forecast["cut_at_deadline"], forecast["waits_for_ever"]),
                (None, 0, True),
            )
            self.assertEqual(sum(end["count"] for end in forecast["ends"]), 2)
        for lease in self.held:
            now = self.lease(self.broker, lease)
            self.assertEqual((now["state"], now["expires_at"]), ("active", lease["expires_at"]))
            self.release(self.broker, lease)
        self.assertEqual(self.pool(self.broker, "telework")["state"], "drained")

    def test_called_off(self):
        """Uncordon gives the leases that are left their former deadline; renewals count then."""
        self.drain(deadline_seconds=60)
        with self.broker.agent(self.held[0]["holder"]) as client:
            path = f"/v1/leases/{self.held[0]['id']}/renew"
            renewed = self.assert_status(client.post(path, {"ttl_seconds": 1000}), 200).json
            self.assertEqual(renewed["state"], "ending")
            self.assertLess(instant(renewed["expires_at"]), time.time() + 61)
        self.broker.kill()
        self.broker.start()
        self.post("/v1/pools/telework/uncordon", WHY, name="oscar")
        first, second = (self.lease(self.broker, lease) for lease in self.held)
        self.assertEqual((first["state"], first["ending_reason"]), ("active", None))
        self.assert_close(instant(first["expires_at"]), time.time() + 1000, 5)
        self.assert_close(instant(second["expires_at"]), instant(self.held[1]["expires_at"]), 0.1)

    def test_replaced(self):
        """A new drain replaces the deadline; a cordon on a draining pool changes nothing."""
        self.drain(deadline_seconds=60)
        forecast = self.drain(deadline_seconds=120)
        self.assertEqual(self.lease(self.broker, self.held[0])["expires_at"],
                         forecast["deadline_at"])  # fmt: skip
        self.post("/v1/pools/telework/cordon", WHY, name="oscar")
        self.assertEqual(self.pool(self.broker, "telework")["state"], "draining")
        self.drain()
        now = self.lease(self.broker, self.held[0])
        self.assertEqual((now["state"], now["expires_at"]),
                         ("active", self.held[0]["expires_at"]))  # fmt: skip


class Seats(Verbs):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(small(2))

    def seat(self, name):
        with self.broker.control("olga") as client:
            return self.assert_status(client.get(f"/v1/seats/{name}"), 200).json

    def test_cordon_beside_leased(self):
        lease = self.grant(self.broker, ONE[0])
        name = lease["seat"]["name"]
        self.post(f"/v1/seats/{name}/cordon", WHY, name="oscar")
        seat = self.seat(name)
        self.assertEqual(
            (seat["state"], seat["cordoned"], seat["holder"], seat["token"]),
            ("leased", True, ONE[0], lease["token"]),
        )
        # Counted where it is, as leased; the lease lives on.
        self.assertEqual(self.pool(self.broker, "telework")["seats"]["cordoned"], 0)
        self.assert_sums(self.broker)
        self.release(self.broker, lease)
        self.assertEqual(self.pool(self.broker, "telework")["seats"]["cordoned"], 1)
        self.assert_sums(self.broker)
        other = self.grant(self.broker, ONE[1])
        self.assertNotEqual(other["seat"]["name"], name)
        with self.broker.agent(ONE[2]) as client:
            self.assert_problem(client.post("/v1/leases"), "pool-exhausted", 503)
        # Uncordoning the pool leaves a seat's cordon alone, and so does a restart.
        self.post("/v1/pools/telework/uncordon", WHY, name="oscar")
        self.broker.restart()
        self.assertTrue(self.seat(name)["cordoned"])
        self.post(f"/v1/seats/{name}/uncordon", WHY, name="oscar")
        self.assertEqual(self.grant(self.broker, ONE[2])["seat"]["name"], name)

    def test_drain(self):
        lease = self.grant(self.broker, ONE[0])
        path = f"/v1/seats/{lease['seat']['name']}/drain"
        self.post(path, {"reason": "new disk", "deadline_seconds": 1}, name="oscar")
        self.assertEqual(self.lease(self.broker, lease)["state"], "ending")
        ended = self.eventually(
            lambda: (seen := self.lease(self.broker, lease))["state"] == "ended" and seen, 4
        )
        self.assertEqual(ended["end_reason"], "drained")
        self.assertTrue(self.seat(lease["seat"]["name"])["cordoned"])


class Site(Verbs):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(small(), seat_limit=20)
        self.control = self.broker.control("alice")
        self.addCleanup(self.control.close)

    def test_export_is_what_apply_takes(self):
        text = self.assert_status(self.control.get("/v1/site"), 200)
        self.assertTrue(text.headers["content-type"].startswith("application/toml"))
        answer = self.assert_status(self.control.put("/v1/site", text.body), 200).json
        self.assertEqual((answer["changed"], answer["diff"]), (False, ""))

    def test_dry_run_shows_and_does_nothing(self):
        held = [self.grant(self.broker, name) for name in ONE[:4]]
        before = self.control.get("/v1/site").body
        answer = self.assert_status(
            self.control.put("/v1/site?dry_run=true", small(2)), 200
        ).json
        self.assertIn("size", answer["diff"])
        self.assertEqual(len(answer["displaced"]), 2)
        self.assertEqual(self.control.get("/v1/site").body, before)
        for lease in held:
            self.assertEqual(self.lease(self.broker, lease)["state"], "active")

    def test_apply_replaces_imperative_changes(self):
        self.post("/v1/pools/telework/resize", {"size": 9})
        self.post("/v1/pools/telework/cordon", WHY)
        self.post("/v1/pools", {"name": "extra", "size": 1}, 201)
        self.assert_status(self.control.put("/v1/site", small()), 200)
        pool = self.control.get("/v1/pools/telework").json
        self.assertEqual((pool["size"], pool["state"]), (4, "cordoned"))
        self.assertEqual(self.control.get("/v1/pools/extra").status, 404)

    def test_a_site_that_is_refused_is_refused_whole(self):
        self.grant(self.broker, ONE[0])
        before = self.control.get("/v1/site").body
        without = site.site(site.pool("other", 3), site.group("dept03", ["other"]))
        self.assertEqual(self.control.put("/v1/site", without).status, 409)
        too_many = small() + site.site(site.pool("other", 17))
        self.assert_problem(self.control.put("/v1/site", too_many), "seat-limit", 409)
        self.assertEqual(self.control.get("/v1/site").body, before)

    def test_a_pool_with_leases_stays(self):
        lease = self.grant(self.broker, ONE[0])
        self.assertEqual(self.control.delete("/v1/pools/telework").status, 409)
        self.release(self.broker, lease)
        self.assert_status(self.control.delete("/v1/pools/telework"), 204)
        self.assertEqual(self.control.get("/v1/groups/dept01").json["pools"], [])

    def test_leases_of_a_deleted_group_run_out(self):
        lease = self.grant(self.broker, ONE[0], {"ttl_seconds": 2})
        self.assert_status(self.control.delete("/v1/groups/dept01"), 204)
        self.assertEqual(self.lease(self.broker, lease)["state"], "active")
        self.broker.kill()
        self.broker.start()
        self.eventually(lambda: self.lease(self.broker, lease)["state"] == "ended", 5)

    def test_put_of_a_group(self):
        body = {"members": ["kim"], "pools": ["telework"], "quota": 2, "used": 99, "open": False}
        new = self.assert_status(self.control.put("/v1/groups/guests", body), 201).json
        self.assertEqual((new["quota"], new["used"], new["open"]), (2, 0, True))
        self.grant(self.broker, "kim")
        body = {"members": ["kim"], "pools": ["telework"]}
        replaced = self.assert_status(self.control.put("/v1/groups/guests", body), 200).json
        self.assertEqual((replaced["quota"], replaced["reserve"], replaced["used"]), (None, 0, 1))

    def test_the_site_file_is_read_once(self):
        """Only an empty store takes it; what was changed since is not undone by a restart."""
        self.post("/v1/pools/telework/resize", {"size": 7})
        self.broker.restart()
        self.assertEqual(self.pool(self.broker, "telework")["size"], 7)

    def test_a_pools_revision_moves_with_admin_changes_only(self):
        revision = self.pool(self.broker, "telework")["revision"]
        self.release(self.broker, self.grant(self.broker, ONE[0]))
        self.assertEqual(self.pool(self.broker, "telework")["revision"], revision)
        self.post("/v1/pools/telework/resize", {"size": 5})
        self.assertNotEqual(self.pool(self.broker, "telework")["revision"], revision)

    def test_explain(self):
        for name in ONE[:4]:
            self.grant(self.broker, name)
        answer = self.control.get(f"/v1/explain?agent={TWO[0]}&pool=telework")
        told = self.assert_status(answer, 200).json
        self.assertEqual((told["agent"], told["pool"], told["outcome"]),
                         (TWO[0], "telework", "refused"))  # fmt: skip
        rules = {rule["rule"]: rule for rule in told["rules"]}
        self.assertTrue(rules["not-entitled"]["passed"])
        self.assertFalse(rules["pool-exhausted"]["passed"])
        self.assertEqual(rules["pool-exhausted"]["available"], 0)
        soonest = min(instant(lease["expires_at"]) for lease in self.broker.leases())
        self.assert_close(instant(told["earliest_at"]), soonest, 1.1)
        held = self.control.get(f"/v1/explain?agent={ONE[0]}&pool=telework").json
        self.assertEqual(held["outcome"], "held")
        with self.broker.agent("kim") as client:
            told = self.assert_status(client.get("/v1/explain?agent=kim"), 200).json
        self.assertEqual(told["outcome"], "refused")
        self.assertIsNone(told["earliest_at"])

    def test_status(self):
        self.grant(self.broker, ONE[0])
        with self.broker.monitoring() as client:
            status = self.assert_status(client.get("/v1/status"), 200).json
        self.assertEqual(status["state"], "serving")
        self.assertEqual(
            {key: status["seats"][key] for key in ("limit", "total", "available", "leased")},
            {"limit": 20, "total": 4, "available": 3, "leased": 1},
        )
        self.assertEqual(status["pools"], [
            {"name": "telework", "state": "open", "size": 4, "leased": 1, "available": 3,
             "reason": None, "by": None, "deadline_at": None, "drain_starts_at": None}])  # fmt: skip
        self.assertIsNone(status["rota"])
        self.assertEqual([g["name"] for g in status["groups"]], ["dept01", "dept02"])
        self.assertEqual(status["queue"], {"waiting": 0, "oldest_seconds": 0})
        self.assertEqual(status["store"]["kind"], "sqlite")
        self.assert_close(instant(status["now"]), time.time(), 2)

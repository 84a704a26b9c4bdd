"""Every problem that the API documents, met by a real call."""

import subprocess

from broker import site, world
from broker.case import BrokerCase

SITE = site.site(
    site.pool("telework", 3),
    site.pool("cad", 2, seats=[{"name": "cad-01", "host": "cad-01.desk", "agent": "agent0001"}]),
    site.pool("spare", 4),
    site.group("dept01", ["telework", "cad"], 2),
    site.group("dept02", ["telework"], 3),
    site.group("dept03", ["spare"]),
)
ONE, TWO, THREE, FOUR = (world.agents_of(n) for n in range(1, 5))


class Refusals(BrokerCase):
    """A grant that is refused says which rules failed, with their numbers."""

    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE, seat_limit=20)

    def refuse(self, name, body, slug, status):
        with self.broker.agent(name) as client:
            return self.assert_problem(client.post("/v1/leases", body), slug, status)

    def operate(self, path, body=None, name="oscar"):
        with self.broker.control(name) as client:
            return self.assert_status(client.post(path, body), 200).json

    def test_not_entitled(self):
        for name, body in ((FOUR[0], None), ("kim", {"pool": "telework"})):
            answer = self.refuse(name, body, "not-entitled", 403)
            self.assertIn("not-entitled", answer.rules)
        self.refuse(TWO[0], {"pool": "cad"}, "not-entitled", 403)
        self.refuse(TWO[0], {"group": "dept01"}, "not-entitled", 403)

    def test_quota_exceeded(self):
        for name in ONE[:2]:
            self.grant(self.broker, name, {"pool": "telework"})
        answer = self.refuse(ONE[2], {"pool": "telework"}, "quota-exceeded", 429)
        reason = answer.json["reasons"][0]
        self.assertEqual(
            {key: reason[key] for key in ("rule", "group", "used", "limit")},
            {"rule": "quota-exceeded", "group": "dept01", "used": 2, "limit": 2},
        )
        self.assertEqual(int(answer.headers["retry-after"]), answer.json["retry_after_seconds"])

    def test_pool_exhausted(self):
        for name in TWO[:3]:
            self.grant(self.broker, name)
        answer = self.refuse(ONE[0], {"pool": "telework"}, "pool-exhausted", 503)
        reason = next(r for r in answer.json["reasons"] if r["rule"] == "pool-exhausted")
        self.assertEqual((reason["available"], reason["reserved"]), (0, 0))

    def test_all_reasons_together(self):
        """The quota is used up, and so is the pool: both are told."""
        for name in TWO[:3]:
            self.grant(self.broker, name)
        answer = self.refuse(TWO[3], None, "quota-exceeded", 429)
        self.assertEqual(answer.rules, ["quota-exceeded", "pool-exhausted"])

    def test_pool_cordoned(self):
        self.operate("/v1/pools/telework/cordon", {"reason": "new image"})
        answer = self.refuse(TWO[0], {"pool": "telework"}, "pool-cordoned", 503)
        self.assertEqual(answer.rules, ["pool-cordoned"])

    def test_pool_draining(self):
        self.grant(self.broker, TWO[0])
        self.operate("/v1/pools/telework/drain", {"reason": "move", "deadline_seconds": 600})
        answer = self.refuse(TWO[1], {"pool": "telework"}, "pool-draining", 503)
        self.assertEqual(answer.rules, ["pool-draining"])


class Others(BrokerCase):
    """The problems of everything that is not a grant."""

    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE, seat_limit=12)
        self.agent = self.broker.agent(ONE[0])
        self.control = self.broker.control("root")
        self.addCleanup(self.agent.close)
        self.addCleanup(self.control.close)

    def test_not_found(self):
        for client, method, path, body in (
            (self.agent, "POST", "/v1/leases", {"pool": "nowhere"}),
            (self.agent, "POST", "/v1/leases", {"group": "nobody"}),
            (self.agent, "GET", "/v1/leases/no-such-lease", None),
            (self.agent, "GET", "/v1/nothing", None),
            (self.agent, "GET", "/", None),
            (self.control, "GET", "/v1/pools/nowhere", None),
            (self.control, "POST", "/v1/pools/nowhere/resize", {"size": 1}),
            (self.control, "DELETE", "/v1/pools/nowhere", None),
            (self.control, "GET", "/v1/seats/nowhere", None),
            (self.control, "GET", "/v1/groups/nobody", None),
            (self.control, "DELETE", "/v1/groups/nobody", None),
            (self.control, "GET", "/v1/leases?pool=nowhere", None),
            (self.control, "GET", f"/v1/explain?agent={ONE[0]}&pool=nowhere", None),
        ):
            with self.subTest(method=method, path=path):
                self.assert_problem(client.request(method, path, body), "not-found", 404)

    def test_lease_ended(self):
        lease = self.agent.post("/v1/leases").json
        self.assert_status(self.agent.delete(f"/v1/leases/{lease['id']}"), 204)
        answer = self.agent.post(f"/v1/leases/{lease['id']}/renew")
        self.assert_problem(answer, "lease-ended", 410)
        self.assertIn("released", answer.body.decode())

    def test_revision_mismatch(self):
        revision = self.control.get("/v1/pools/spare").json["revision"]
        body = {"size": 5, "if_revision": revision + 7}
        self.assert_problem(
            self.control.post("/v1/pools/spare/resize", body), "revision-mismatch", 412
        )
        self.assertEqual(self.control.get("/v1/pools/spare").json["size"], 4)
        body["if_revision"] = revision
        self.assert_status(self.control.post("/v1/pools/spare/resize", body), 200)
        self.assert_problem(
            self.control.post("/v1/pools/spare/resize", body), "revision-mismatch", 412
        )

    def test_seat_limit(self):
        answer = self.control.post("/v1/pools/spare/resize", {"size": 8})
        self.assert_problem(answer, "seat-limit", 409)
        self.assert_status(self.control.post("/v1/pools/spare/resize", {"size": 7}), 200)
        answer = self.control.post("/v1/pools", {"name": "more", "size": 1})
        self.assert_problem(answer, "seat-limit", 409)

    def test_forbidden(self):
        self.assert_problem(self.agent.get("/v1/pools"), "forbidden", 403)
        with self.broker.agent("nameless") as client:
            self.assert_problem(client.post("/v1/leases"), "forbidden", 403)
        lease = self.agent.post("/v1/leases").json
        with self.broker.agent(TWO[0]) as other:
            for method, path in (
                ("GET", ""),
                ("DELETE", ""),
                ("POST", "/renew"),
                ("GET", "/connection"),
            ):
                answer = other.request(method, f"/v1/leases/{lease['id']}{path}")
                self.assert_problem(answer, "forbidden", 403)

    def test_bad_request(self):
        for client, method, path, body in (
            (self.agent, "POST", "/v1/leases", "{"),
            (self.agent, "POST", "/v1/leases", "[]"),
            (self.agent, "POST", "/v1/leases", '{"pool": 7}'),
            (self.agent, "POST", "/v1/leases", '{"wait_seconds": -1}'),
            (self.agent, "POST", "/v1/leases", '{"colour": "red"}'),
            (self.agent, "POST", "/v1/leases", '{"ttl_seconds": 0}'),
            (self.agent, "POST", "/v1/leases", '{"ttl_seconds": -1}'),
            (self.agent, "POST", "/v1/leases", '{"ttl_seconds": 1.5}'),
            (self.agent, "POST", "/v1/leases?colour=red", None),
            (self.agent, "POST", "/v1/leases", '{"a":' * 40 + "1" + "}" * 40),
            (self.agent, "GET", "/v1/leases?limit=0", None),
            (self.agent, "GET", "/v1/leases?limit=1001", None),
            (self.agent, "GET", "/v1/leases?state=asleep", None),
            (self.control, "GET", "/v1/status?pool=telework", None),
            (self.control, "GET", "/v1/pools?colour=red", None),
            (self.control, "POST", "/v1/pools/spare/resize", {}),
            (self.control, "POST", "/v1/pools/spare/resize", {"size": -1}),
            (self.control, "POST", "/v1/pools/spare/drain", {"deadline_seconds": 60}),
            (self.control, "POST", "/v1/pools/spare/cordon", {}),
            (self.control, "POST", "/v1/pools", {"name": "x y", "size": 1}),
            (self.control, "PUT", "/v1/groups/new", {"members": "all"}),
            (self.control, "PUT", "/v1/groups/new", {"members": [], "slots": ["mon.am"]}),
            (self.control, "POST", "/v1/leases", {"holder": "no-such-person"}),
            (self.control, "PUT", "/v1/site", "[[pool]\n"),
        ):
            with self.subTest(method=method, path=path, body=str(body)[:60]):
                self.assert_problem(client.request(method, path, body), "bad-request", 400)
        # All of it changed nothing.
        self.assertEqual(self.broker.leases(), [])

    def test_site_mistakes_have_a_place(self):
        answer = self.control.put("/v1/site", SITE + "\n[[pool]]\nname = \"x\"\nsice = 3\n")
        self.assert_problem(answer, "bad-request", 400)
        self.assertEqual(answer.json["line"], len(SITE.splitlines()) + 4)
        self.assertEqual(answer.json["column"], 1)

    def test_conflict(self):
        key = {"Idempotency-Key": "k-1"}
        first = self.agent.post("/v1/leases", {"pool": "telework"}, key)
        self.assert_status(first, 201)
        answer = self.agent.post("/v1/leases", {"pool": "cad"}, key)
        self.assert_problem(answer, "conflict", 409)
        answer = self.control.delete("/v1/pools/telework")
        self.assertEqual(answer.status, 409)
        answer = self.control.post("/v1/pools", {"name": "telework", "size": 1})
        self.assertEqual(answer.status, 409)

    def test_too_many_requests(self):
        answers = [self.agent.get("/v1/leases") for _ in range(400)]
        refused = [answer for answer in answers if answer.status != 200]
        self.assertTrue(refused, "400 requests at once, and none was one too many")
        for answer in refused:
            self.assert_problem(answer, "too-many-requests", 429)
        # The control socket has room of its own, for the same user too.
        for _ in range(400):
            self.assert_status(self.control.get("/healthz"), 200)

    def test_limits_of_size(self):
        long_body = '{"pool": "' + "x" * 70_000 + '"}'
        self.assert_status(self.agent.post("/v1/leases", long_body), 413, 400)
        self.agent.close()
        answer = self.agent.get("/v1/leases", {"X-Long": "x" * 9000})
        self.assert_status(answer, 431, 400)
        self.agent.close()
        self.assert_status(self.agent.get("/v1/leases"), 200)

    def test_methods(self):
        for path, method in (
            ("/v1/leases", "PUT"),
            ("/v1/leases", "DELETE"),
            ("/v1/status", "POST"),
            ("/healthz", "DELETE"),
            ("/v1/pools", "PATCH"),
            ("/v1/pools/telework/drain", "GET"),
        ):
            with self.subTest(path=path, method=method):
                answer = self.control.request(method, path)
                self.assertEqual(answer.status, 405, answer)
                self.assertIn("allow", answer.headers)
                self.assertNotIn(method, answer.headers["allow"].replace(" ", "").split(","))

    def test_content_length(self):
        """Answers with a body carry their length; those without one say so."""
        lease = self.agent.post("/v1/leases")
        for answer in (
            lease,
            self.agent.get("/v1/leases"),
            self.agent.get("/v1/nothing"),
            self.control.get("/v1/site"),
            self.control.get("/v1/openapi.json"),
            self.control.get("/healthz"),
        ):
            self.assertEqual(int(answer.headers["content-length"]), len(answer.body))
            self.assertNotIn("transfer-encoding", answer.headers)
        gone = self.agent.delete(f"/v1/leases/{lease.json['id']}")
        self.assertEqual((gone.status, gone.body), (204, b""))
        self.assertNotIn("transfer-encoding", gone.headers)


class DiskFull(BrokerCase):
    """507 while there is no room; reads and releases go on; all is well when there is room."""

    def test_storage(self):
        state = world.folder() / "small"
        state.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", str(state)], check=True
        )
        broker = self.daemon(site.department(quota=None), state=state)
        names = [world.agent(n) for n in range(1, world.AGENTS + 1)]
        held = [self.grant(broker, name) for name in names[:200]]
        ballast = state / "ballast"
        with open(ballast, "wb") as file:
            try:
                while True:
                    file.write(b"\0" * 65536)
                    file.flush()
            except OSError:
                pass
        refused = None
        for name in names[200:1600]:
            with broker.agent(name) as client:
                answer = client.post("/v1/leases")
            if answer.status != 201:
                refused = answer
                break
            held.append(answer.json)
        self.assertIsNotNone(refused, "the disk is full, and grants are acknowledged all the same")
        self.assert_problem(refused, "storage", 507)

        with broker.agent(held[0]["holder"]) as client:
            self.assert_status(client.get("/v1/leases"), 200)
        self.assertEqual(len(broker.leases()), len(held), "a refused grant left something behind")
        for lease in held[:150]:
            self.release(broker, lease)
        self.assertTrue(broker.alive())

        ballast.unlink()

        def again():
            with broker.agent(names[2000]) as client:
                return client.post("/v1/leases").status in (200, 201)

        self.eventually(again, 10, 0.2, "no grant after there was room again")
        broker.kill()
        broker.start()
        live = {lease["id"] for lease in broker.leases()}
        self.assertEqual(len(live), len(held) - 150 + 1)
        self.assertFalse(live & {lease["id"] for lease in held[:150]})
        self.assert_sums(broker)

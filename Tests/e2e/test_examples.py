"""The example sites are served, and are what the documentation says that they are."""

from broker import world
from broker.case import BrokerCase
from broker.clock import Clock

EXAMPLES = world.REPOSITORY / "Docs" / "examples"
SITE = EXAMPLES / "departement.toml"
HALF_DAYS = EXAMPLES / "half-days.toml"


class Departement(BrokerCase):
    def test_it_serves(self):
        broker = self.daemon(SITE.read_text(), seat_limit=1800)
        with broker.control("olga") as client:
            pools = {pool["name"]: pool for pool in client.get("/v1/pools").json["pools"]}
            groups = client.get("/v1/groups?limit=1000").json["groups"]
            total = client.get("/v1/status").json["seats"]["total"]
        self.assertEqual(total, 1700)
        self.assertEqual(sum(pool["size"] for pool in pools.values()), total)
        self.assertIn("url", {pool["protocol"] for pool in pools.values()})
        self.assertEqual(len([group for group in groups if group["name"] != "pilot"]), 17)
        self.assertTrue(any(group["reserve"] for group in groups))
        # Whoever tries it out on a machine of their own belongs to its pilot group.
        with broker.agent("root") as client:
            lease = self.assert_status(client.post("/v1/leases"), 201).json
        self.assertEqual((lease["holder"], lease["group"]), ("root", "pilot"))


class HalfDays(BrokerCase):
    """The département's week of Docs/ROTA.md."""

    def setUp(self):
        super().setUp()
        # A Monday, half past eight in Paris.
        self.clock = Clock("2026-11-23T07:30:00Z")
        self.broker = self.daemon(HALF_DAYS.read_text(), environment=self.clock.environment)
        self.control = self.broker.control("alice")
        self.addCleanup(self.control.close)

    def ask(self, holder, group, status):
        answer = self.control.post("/v1/leases", {"holder": holder, "holder_groups": [group]})
        return self.assert_status(answer, status).json

    def open_groups(self):
        status = self.control.get("/v1/status").json
        return [group["name"] for group in status["groups"] if group["open"]]

    def test_the_shifts(self):
        """Five groups of 300 in each half-day, and those on call."""
        groups = self.control.get("/v1/groups?limit=1000").json["groups"]
        shifts = [group for group in groups if group["slots"] is not None]
        self.assertEqual([group["quota"] for group in shifts], [300] * 10)
        first, second = ([g["name"] for g in shifts[at:at + 5]] for at in (0, 5))
        rota = self.control.get("/v1/rota?at=2026-11-23T07:30:00Z").json
        for number, day in enumerate(rota["days"]):
            slots = {slot["name"]: slot["groups"] for slot in day["slots"]}
            halves = (first, second) if number % 2 == 0 else (second, first)
            expected = dict(zip(("am", "pm"), halves if number < 5 else ([], [])))
            self.assertEqual(slots, expected, day)
        self.assertEqual(self.open_groups(), [*first, "oncall"])
        # The day of the budget, and Armistice Day.
        for date, exception, slots in (
            ("2026-12-18", "slots", [["finance", "legal"], ["finance", "legal"]]),
            ("2026-11-11", "closed", [[], []]),
        ):
            day = self.control.get(f"/v1/rota?from={date}&to={date}T23:00:00Z").json["days"][0]
            self.assertEqual(day["exception"], exception, day)
            self.assertEqual([slot["groups"] for slot in day["slots"]], slots, day)

    def test_noon(self):
        lease = self.ask("jdupont", "finance", 201)
        self.assertEqual(lease["expires_at"], "2026-11-23T12:10:00.000Z")
        self.assertEqual(lease["window_ends_at"], "2026-11-23T12:00:00.000Z")
        self.assertEqual(
            self.ask("mmartin", "childhood", 403)["reasons"][0]["opens_at"],
            "2026-11-23T12:00:00.000Z",
        )
        self.clock.pass_until(self.broker, "2026-11-23T12:00:00Z")
        self.assertIn("childhood", self.open_groups())
        self.assertNotIn("finance", self.open_groups())
        lease = self.control.get(f"/v1/leases/{lease['id']}").json
        self.assertEqual((lease["state"], lease["ending_reason"]), ("ending", "window-closed"))
        self.ask("mmartin", "childhood", 201)
        self.ask("rbernard", "finance", 403)
        self.clock.pass_until(self.broker, "2026-11-23T12:10:00Z")
        lease = self.control.get(f"/v1/leases/{lease['id']}").json
        self.assertEqual((lease["state"], lease["end_reason"]), ("ended", "window-closed"))

    def test_what_falls_short(self):
        """Only the ten minutes after a handover."""
        answer = self.control.put("/v1/site?dry_run=true", HALF_DAYS.read_text())
        shortfalls = self.assert_status(answer, 200).json["shortfalls"]
        self.assertEqual(len(shortfalls), 1, shortfalls)
        self.assertTrue(
            shortfalls[0]["text"].startswith(
                "Mon 2026-11-23 13:00-13:10 Europe/Paris: quotas 3,060, seats 1,700"
            ),
            shortfalls,
        )

"""What Docs/OPERATIONS.md says of a clock that was wrong, done as it is written there."""

import re

from broker import site, world
from broker.case import BrokerCase
from broker.clock import Clock

SITE = site.site(site.pool("telework", 2), site.group("dept01", ["telework"], 2))
ONE = world.agents_of(1)


class AWrongClock(BrokerCase):
    """It ran an hour ahead, and is set right."""

    def setUp(self):
        super().setUp()
        self.clock = Clock("2026-11-23T09:00:00Z")
        self.broker = self.daemon(SITE, environment=self.clock.environment)

    def control(self, *arguments):
        environment = {**self.clock.environment, "TZ": "UTC"}
        code, output, errors = self.brokerctl(self.broker, "root", *arguments, env=environment)
        self.assertEqual(code, 0, errors)
        return output

    def test_set_back(self):
        lease = self.grant(self.broker, ONE[0], {"ttl_seconds": 7200})
        self.assertIn("11:00:0", self.control("lease", "list"))
        self.clock.set(self.broker, "2026-11-23T08:00:00Z")
        # Two hours of it were left, and still are.
        self.assertIn("(in 1h59m)", self.control("lease", "show", lease["id"]))
        self.assertRegex(self.broker.log(), r"the wall clock was set.*milliseconds=-3[56]\d{5}")

    def test_a_restart_on_the_wrong_side(self):
        """After a start too it is the broker's own time that counts, and it never runs back."""
        lease = self.grant(self.broker, ONE[0], {"ttl_seconds": 7200})
        self.broker.stop()
        self.clock.turn("2026-11-23T08:00:00Z")
        self.broker.start()
        left = re.search(r"\(in (\S+)\)", self.control("lease", "show", lease["id"]))[1]
        self.assertIn(left, ("1h59m", "2h"))
        # Tokens go on where they were.
        with self.broker.agent(ONE[1]) as client:
            self.assertGreater(client.post("/v1/leases", None).json["token"], 0)

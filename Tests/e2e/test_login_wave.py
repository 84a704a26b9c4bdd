"""Monday morning: 5,000 agents of 17 groups ask for 1,700 seats at once."""

import collections

from broker import site, world
from broker.case import BrokerCase, measured
from broker.crowd import Crowd

QUOTA = 100


class LoginWave(BrokerCase):
    def wave(self, daemon):
        names = [world.agent(n) for n in range(1, world.AGENTS + 1)]
        said = Crowd(daemon, names).go().results()
        self.assertEqual(len(said), world.AGENTS)
        return said

    def check_store(self, daemon, granted):
        """Every lease that was acknowledged is there, whole, and no other."""
        stored = {lease["id"]: lease for lease in daemon.leases()}
        self.assertEqual(len(stored), len(granted))
        for each in granted:
            lease = stored[each.body["id"]]
            for key in ("token", "holder", "group", "seat", "granted_at", "expires_at"):
                self.assertEqual(lease[key], each.body[key], key)
            self.assertEqual(lease["holder"], each.name)

    def test_quotas_hold_and_everybody_else_has_a_reason(self):
        daemon = self.daemon(site.department(quota=QUOTA))
        said = self.wave(daemon)
        began = min(each.sent_at for each in said)
        ended = max(each.answered_at for each in said)
        statuses = collections.Counter((each.status, each.slug) for each in said)
        granted = [each for each in said if each.status == 201]
        measured(
            f"login wave: {world.AGENTS} agents, first connect to last answer"
            f" {ended - began:.2f} s, {len(granted)} granted, {dict(statuses)}"
        )
        measured(f"resident memory with {len(granted)} leases {daemon.memory_bytes() >> 10} KiB")

        self.assertEqual(
            statuses,
            {(201, None): 17 * QUOTA, (429, "quota-exceeded"): world.AGENTS - 17 * QUOTA},
        )
        by_group = collections.Counter(each.body["group"] for each in granted)
        self.assertEqual(by_group, {world.unix_group(n): QUOTA for n in range(1, 18)})
        seats = {each.body["seat"]["name"] for each in granted}
        self.assertEqual(len(seats), len(granted), "a seat was leased twice")
        for each in said:
            if each.status != 201:
                reason = each.body["reasons"][0]
                self.assertEqual(reason["rule"], "quota-exceeded")
                self.assertEqual((reason["used"], reason["limit"]), (QUOTA, QUOTA))
        self.check_store(daemon, granted)
        daemon.restart()
        self.check_store(daemon, granted)
        self.assert_sums(daemon)

    def test_a_pool_too_small_for_the_quotas(self):
        """Quotas add up to more than there are seats: then the pool is what runs out."""
        daemon = self.daemon(site.department(size=1500, quota=QUOTA))
        said = self.wave(daemon)
        granted = [each for each in said if each.status == 201]
        self.assertEqual(len(granted), 1500)
        slugs = {each.slug for each in said if each.status != 201}
        self.assertLessEqual(slugs, {"quota-exceeded", "pool-exhausted"})
        for group, used in collections.Counter(each.body["group"] for each in granted).items():
            self.assertLessEqual(used, QUOTA, group)
        daemon.kill()
        daemon.start()
        self.check_store(daemon, granted)
        self.assert_sums(daemon)

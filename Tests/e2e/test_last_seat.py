"""Two hundred agents race for one seat: one wins, every time."""

import time

from broker import site, world
from broker.case import BrokerCase, measured
from broker.crowd import Crowd

RACES = 50
AGENTS = 200


class LastSeat(BrokerCase):
    seconds_max = 300

    def race(self, text, slug):
        daemon = self.daemon(text)
        names = world.agents_of(1)[:AGENTS]
        began = time.monotonic()
        tokens = {}
        for number in range(RACES):
            crowd = Crowd(daemon, names, connect_first=True, seed=number)
            said = crowd.go().results()
            won = [each for each in said if each.status == 201]
            self.assertEqual(len(won), 1, [each for each in said if each.status in (201, None)])
            for each in said:
                if each.status != 201:
                    self.assertEqual(each.slug, slug)
            lease = won[0].body
            seat = lease["seat"]["name"]
            self.assertGreater(lease["token"], tokens.get(seat, 0))
            tokens[seat] = lease["token"]
            self.release(daemon, lease)
        measured(
            f"{RACES} races of {AGENTS} agents for the last {slug} seat:"
            f" {time.monotonic() - began:.1f} s"
        )
        self.assert_sums(daemon)

    def test_of_a_quota(self):
        pools = [site.pool("telework", 50)]
        self.race(site.site(*pools, site.group("dept01", ["telework"], 1)), "quota-exceeded")

    def test_of_a_pool(self):
        pools = [site.pool("telework", 1)]
        self.race(site.site(*pools, site.group("dept01", ["telework"], 50)), "pool-exhausted")

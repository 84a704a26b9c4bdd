"""Six hundred wait for three hundred seats that come free one by one: nobody is overtaken."""

import collections
import random

from broker import site, world
from broker.case import BrokerCase, measured
from broker.crowd import Crowd

SEATS, WAITING = 300, 600
# One group's quota is used up, and another's will be; who is in them waits, and blocks nobody.
QUOTAS = {"dept01": 60, "dept02": 120, "dept03": None, "dept04": None}
HELD = {"dept01": 60, "dept02": 100, "dept03": 70, "dept04": 70}


class Fairness(BrokerCase):
    def test_nobody_is_overtaken_by_someone_who_may_not(self):
        chance = random.Random(5)
        people = {name: world.agents_of(n) for n, name in enumerate(QUOTAS, 1)}
        broker = self.daemon(site.site(
            site.pool("telework", SEATS),
            *(site.group(name, ["telework"], quota) for name, quota in QUOTAS.items()),
        ))  # fmt: skip
        holders = [name for group, count in HELD.items() for name in people[group][:count]]
        said = Crowd(broker, holders).go().results()
        self.assertEqual({each.status for each in said}, {201})
        held = [each.body for each in said]
        chance.shuffle(held)

        share = WAITING // len(QUOTAS)
        names = [n for group, count in HELD.items() for n in people[group][count : count + share]]
        self.assertEqual(len(names), WAITING)
        chance.shuffle(names)
        crowd = Crowd(broker, names, {"wait_seconds": 300}).go()
        line = self.eventually(
            lambda: (seen := broker.listed("/v1/queue", "waiting")) and len(seen) == WAITING
            and seen, 30)  # fmt: skip

        # What has to come of it, by the rules alone.
        used, waiting = collections.Counter(HELD), [(p["holder"], p["group"]) for p in line]
        wanted = []
        for lease in held:
            used[lease["group"]] -= 1
            for index, (name, group) in enumerate(waiting):
                if QUOTAS[group] is None or used[group] < QUOTAS[group]:
                    used[group] += 1
                    wanted.append(name)
                    del waiting[index]
                    break
        for lease in held:
            self.release(broker, lease)
        granted = broker.leases()
        self.assertEqual([lease["holder"] for lease in granted], wanted)
        self.assertEqual(len(granted), SEATS)
        places = {place["holder"]: place["place"] for place in line}
        passed = sum(
            places[other] < places[name]
            for index, name in enumerate(wanted)
            for other in [*wanted[index + 1 :], *(name for name, _ in waiting)]
        )
        left = [place["holder"] for place in broker.listed("/v1/queue", "waiting")]
        self.assertEqual(left, [name for name, _ in waiting])
        self.assert_sums(broker)
        crowd.wait_for(SEATS)
        crowd.hang_up()
        said = crowd.results()
        statuses = collections.Counter(each.status for each in said)
        self.assertEqual(statuses, {201: SEATS, None: WAITING - SEATS})
        self.assertEqual(sorted(each.name for each in said if each.status), sorted(wanted))
        self.eventually(lambda: not broker.listed("/v1/queue", "waiting"), 5)
        measured(
            f"fairness: {WAITING} waited for {SEATS} seats; each went to the first in line who"
            f" might have it; {passed} times somebody at a quota was passed by, and nobody else"
        )

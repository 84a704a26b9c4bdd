"""kill -9 in the middle of a wave of grants and releases, again and again on the same state."""

import random
import statistics

from broker import site, world
from broker.case import BrokerCase, measured
from broker.crowd import Crowd

CRASHES = 20
AGENTS = 1500
READY_SECONDS_GOAL = 0.3


class Crash(BrokerCase):
    seconds_max = 300

    def test_what_was_acknowledged_is_there(self):
        daemon = self.daemon(site.department(quota=60))
        chance = random.Random(20260105)
        names = [world.agent(n) for n in range(1, world.AGENTS + 1)]
        tokens, ready = {}, []
        acknowledged = lost = 0
        for crash in range(CRASHES):
            crowd = Crowd(daemon, chance.sample(names, AGENTS), release_share=0.6, seed=crash).go()
            crowd.wait_for(chance.randrange(50, AGENTS))
            daemon.kill()
            said = crowd.results()
            ready.append(daemon.start())
            acknowledged += sum(each.status in (201, 204) for each in said)
            lost += sum(each.status is None for each in said)
            self.check(daemon, said, tokens)
        measured(
            f"{CRASHES} kills: {acknowledged} grants and releases acknowledged, {lost} requests"
            f" unanswered, time to ready median {statistics.median(ready) * 1000:.0f} ms,"
            f" worst {max(ready) * 1000:.0f} ms"
        )
        self.assertGreater(lost, 0, "no kill hit the middle of a wave")
        self.assertLess(statistics.median(ready), READY_SECONDS_GOAL)

    def check(self, daemon, said, tokens):
        """The state after a restart against what had been said before."""
        live = {lease["id"]: lease for lease in daemon.leases()}
        asked = {each.body for each in said if each.verb == "release"}
        released = {each.body for each in said if each.verb == "release" and each.status == 204}
        # Answers come in no particular order, and a seat may go round within one wave.
        before, given = dict(tokens), set()
        for each in said:
            if each.verb != "grant" or each.status not in (200, 201):
                continue
            lease, seat = each.body, each.body["seat"]["name"]
            if each.status == 201:
                self.assertGreater(lease["token"], before.get(seat, 0), f"token of {seat}")
                self.assertNotIn((seat, lease["token"]), given)
                given.add((seat, lease["token"]))
                tokens[seat] = max(tokens.get(seat, 0), lease["token"])
            if lease["id"] not in asked:
                self.assertIn(lease["id"], live, "an acknowledged grant is gone")
                self.assertEqual(live[lease["id"]]["token"], lease["token"])
                self.assertEqual(live[lease["id"]]["holder"], each.name)
        for lease in released:
            self.assertNotIn(lease, live, "an acknowledged release came back")
        with daemon.control() as client:
            for lease in list(released)[:20]:
                self.assertEqual(client.get(f"/v1/leases/{lease}").json["end_reason"], "released")
        for lease in live.values():
            seat = lease["seat"]["name"]
            tokens[seat] = max(tokens.get(seat, 0), lease["token"])
        used = {}
        for lease in live.values():
            used[lease["group"]] = used.get(lease["group"], 0) + 1
        self.assertLessEqual(max(used.values(), default=0), 60)
        self.assert_sums(daemon)

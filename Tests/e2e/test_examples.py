"""The site that Packaging/run serves is what the README says that it is."""

from broker import world
from broker.case import BrokerCase

SITE = world.REPOSITORY / "Docs" / "examples" / "departement.toml"


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

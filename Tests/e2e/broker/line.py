"""People who wait for a seat, and how the line looks meanwhile."""

from .case import BrokerCase
from .clock import Clock
from .events import Events
from .http import encode


class LineCase(BrokerCase):
    """A daemon with a clock of its own, and clients that wait while the test goes on."""

    begins = "2026-11-24T09:00:00Z"
    text = None
    limits = None

    def setUp(self):
        super().setUp()
        self.clock = Clock(self.begins)
        self.broker = self.daemon(
            self.text, limits=self.limits, environment=self.clock.environment
        )
        self.control = self.broker.control("alice")
        self.addCleanup(self.control.close)

    def queue(self, query=""):
        """The line, as admins see it."""
        answer = self.assert_status(self.control.get(f"/v1/queue{query}"), 200)
        return answer.json["waiting"]

    def names(self):
        """Who waits, in order."""
        return [place["holder"] for place in self.queue()]

    def place(self, name, **wanted):
        """The place of a person, once it is there and as wanted."""
        def found():
            for place in self.queue():
                if place["holder"] == name and wanted.items() <= place.items():
                    return place
            return None

        return self.eventually(found, why=f"{name} is not in line like {wanted}")

    def client(self, name):
        """A client of the agent socket that waits for long."""
        client = self.broker.agent(name, timeout=60.0)
        self.addCleanup(client.close)
        return client

    def wait(self, name, seconds=60, key=None, **body):
        """A client that waits for its answer, once its place is there."""
        client = self.client(name)
        headers = {"Idempotency-Key": key} if key else None
        data = encode("POST", "/v1/leases", {"wait_seconds": seconds, **body}, headers)
        client.send(data, "POST")
        self.place(name, connected=True)
        return client

    def wait_with_events(self, name, seconds=60, key=None, **body):
        """The events of a request that waits."""
        headers = {"Idempotency-Key": key} if key else None
        return Events(
            self.client(name), "POST", "/v1/leases", {"wait_seconds": seconds, **body}, headers
        )

    def granted(self, client, status=201):
        """The lease that a waiting client is answered."""
        return self.assert_status(client.receive(), status).json

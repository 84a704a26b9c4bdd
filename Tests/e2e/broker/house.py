"""A smaller house on a Tuesday morning, to foresee its changes by."""

from . import site
from .turns import Turns

HOURS = {"am": "08:00-13:00", "pm": "13:00-18:30"}
# Of that Tuesday, in Paris.
NOON, GRACE_ENDS = "2026-11-24T12:00:00.000Z", "2026-11-24T12:10:00.000Z"


def house(size=6, quota=4, **more):
    """Two groups that take turns on one pool, and one that has another to itself."""
    return site.site(
        site.pool("telework", size),
        site.pool("lab", 2),
        site.group("dept01", ["telework"], quota, slots=["mon.am", "tue.am"], **more),
        site.group("dept02", ["telework"], quota, slots=["mon.pm", "tue.pm"], **more),
        site.group("dept03", ["lab"], 2),
        site.rota(HOURS),
    )


class House(Turns):
    """A Tuesday at ten in Paris."""

    begins = "2026-11-24T09:00:00Z"
    text = house()

    def post(self, path, body, status=200, name="oscar"):
        with self.broker.control(name) as client:
            return self.assert_status(client.post(path, body), status).json

    def all_there_is(self):
        """Everything that a forecast must leave alone."""
        return (
            self.control.get("/v1/status").json["store"]["revision"],
            self.control.get("/v1/site").body,
            self.broker.leases(),
            self.broker.listed("/v1/pools", "pools"),
            self.broker.listed("/v1/seats", "seats"),
            self.broker.listed("/v1/groups", "groups"),
        )

    def texts(self, plan):
        """Its shortfalls in words, each of which is one."""
        for each in plan["shortfalls"]:
            self.assertGreater(each["quotas"], each["seats"])
        return [each["text"] for each in plan["shortfalls"]]

    def assert_told(self, plan, text):
        """One of the shortfalls is told with these words, whatever follows."""
        self.assertTrue(any(each.startswith(text) for each in self.texts(plan)), self.texts(plan))

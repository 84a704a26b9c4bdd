"""A house of groups that take turns, and a daemon with a clock of its own to try them by."""

import datetime
import time

from . import site, world
from .case import BrokerCase, instant
from .clock import Clock

ONE, TWO, THREE, FOUR = (world.agents_of(n) for n in range(1, 5))
# In two groups: one that has the morning, and one that has the afternoon or is there at any time.
BOTH, SPARE = ONE[0], ONE[1]
HOURS = {"am": "08:00-13:00", "pm": "13:00-18:30", "long": "12:00-14:00"}
EXCEPTIONS = [
    {"date": datetime.date(2026, 11, 30), "closed": True},
    {"date": datetime.date(2026, 12, 1), "slots": {"am": ["dept01"], "pm": ["dept02"]}},
]
GROUPS = [
    site.pool("telework", 12),
    site.group("dept01", ["telework"], 4, slots=["mon.am", "tue.pm"]),
    site.group("dept02", ["telework"], 4, members=["@dept02", BOTH], slots=["mon.pm"]),
    site.group("dept03", ["telework"]),
    site.group("dept04", ["telework"], slots=["mon.am", "mon.pm"]),
    site.group("spare", ["telework"], 1, members=[SPARE, "kim"]),
]
SITE = site.site(*GROUPS, site.rota(HOURS, exceptions=EXCEPTIONS))
# Slots of a Monday in Paris.
MORNING, NOON, EVENING = (f"2026-11-23T{hour}:00.000Z" for hour in ("07:00", "12:00", "17:30"))
GRACE_ENDS = "2026-11-23T12:10:00.000Z"
WITHOUT_SLOTS = site.site(*(table for table in GROUPS if "slots" not in table[1]))


class Turns(BrokerCase):
    """A daemon with a clock of its own."""

    begins = "2026-11-23T06:30:00Z"
    text = SITE

    def setUp(self):
        super().setUp()
        self.clock = Clock(self.begins)
        self.broker = self.daemon(self.text, environment=self.start_environment())
        self.control = self.broker.control("alice")
        self.addCleanup(self.control.close)

    def start_environment(self):
        """What the daemon is started with."""
        return self.clock.environment

    def ask(self, name, body=None):
        """What a person is answered who asks for a seat."""
        with self.broker.agent(name) as client:
            return client.post("/v1/leases", body)

    def refused(self, name, opens):
        """The person has to wait for a window that opens then."""
        answer = self.assert_problem(self.ask(name), "outside-window", 403)
        reasons = [r for r in answer.json["reasons"] if r["rule"] == "outside-window"]
        self.assertEqual(reasons[0]["opens_at"], opens, answer)
        return answer

    def group(self, name):
        return self.assert_status(self.control.get(f"/v1/groups/{name}"), 200).json

    def put_group(self, name, query="", status=200, **keys):
        """Changes what is named of a group."""
        body = {k: v for k, v in self.group(name).items() if k in
                ("members", "pools", "quota", "reserve", "slots")}  # fmt: skip
        answer = self.control.put(f"/v1/groups/{name}{query}", {**body, **keys})
        return self.assert_status(answer, status).json

    def until(self, at):
        """Waits in real time until the clock shows an instant."""
        time.sleep(max(0.0, instant(at) - self.clock.now() + 0.05))

    def cli(self, name, *arguments, code=0, **more):
        more.setdefault("env", {**self.clock.environment, "TZ": "Europe/Paris"})
        got, stdout, stderr = self.brokerctl(self.broker, name, *arguments, **more)
        self.assertEqual(got, code, f"{arguments}\n{stdout}\n{stderr}")
        return stdout, stderr

"""Every subcommand of brokerctl in every output format, against a real daemon."""

import csv
import io
import json

from broker import site, world
from broker.case import BrokerCase

ONE = world.agents_of(1)
SITE = site.site(
    site.pool("telework", 6),
    site.pool("cad", 2),
    site.group("dept01", ["telework"], 4),
    site.group("dept02", ["telework", "cad"]),
)
FORMATS = ("table", "json", "jsonl", "csv", "yaml", "name")

# What it lists or shows, and where the API has the same. {lease} is a live lease's id.
READING = {
    ("status",): "/v1/status",
    ("lease", "list"): "/v1/leases?limit=1000",
    ("lease", "show", "{lease}"): "/v1/leases/{lease}",
    ("pool", "list"): "/v1/pools?limit=1000",
    ("pool", "show", "telework"): "/v1/pools/telework",
    ("seat", "list"): "/v1/seats?limit=1000",
    ("seat", "show", "telework-0001"): "/v1/seats/telework-0001",
    ("group", "list"): "/v1/groups?limit=1000",
    ("group", "show", "dept01"): "/v1/groups/dept01",
    ("explain", ONE[1]): f"/v1/explain?agent={ONE[1]}",
    ("query", "/v1/pools"): "/v1/pools",
}
# What has no names to print one a line.
NAMELESS = {("status",), ("explain", ONE[1]), ("query", "/v1/pools")}
# The key of a list in its body, by the subcommand.
KEYS = {"lease": "leases", "pool": "pools", "seat": "seats", "group": "groups"}

# What it changes, with the daemon's answer as output; in an order in which all of it can be done.
CHANGING = (
    ("lease", "renew", "{lease}"),
    ("pool", "create", "lab", "--size", "3"),
    ("pool", "resize", "lab", "4"),
    ("pool", "cordon", "lab", "--reason", "test"),
    ("pool", "uncordon", "lab"),
    ("pool", "drain", "lab", "--reason", "test", "--yes"),
    ("pool", "delete", "lab"),
    ("seat", "cordon", "cad-[0001-0002]", "--reason", "test"),
    ("seat", "uncordon", "cad-[0001-0002]"),
    ("seat", "drain", "cad-0001", "--reason", "test", "--yes"),
    ("seat", "uncordon", "cad-0001"),
    ("group", "set", "guests", "--member", "kim", "--pool", "cad", "--quota", "1"),
    ("group", "delete", "guests"),
    ("lease", "revoke", "{lease}", "--reason", "test", "--yes"),
    ("reload",),
)


class Formats(BrokerCase):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE, seat_limit=40)
        self.held = self.grant(self.broker, ONE[0])

    def ctl(self, *arguments, code=0):
        got, stdout, stderr = self.brokerctl(self.broker, "alice", *arguments)
        self.assertEqual(got, code, f"{arguments}\n{stdout}\n{stderr}")
        return stdout

    def steady(self, body):
        """A body without what differs from one moment to the next."""
        if isinstance(body, dict):
            volatile = ("now", "at", "retry_after_seconds", "earliest_at")
            return {key: self.steady(value) for key, value in body.items() if key not in volatile}
        return [self.steady(each) for each in body] if isinstance(body, list) else body

    def test_reading(self):
        for words, path in READING.items():
            words = [word.replace("{lease}", self.held["id"]) for word in words]
            with self.broker.control("alice") as client:
                body = client.get(path.replace("{lease}", self.held["id"])).json
            for form in FORMATS:
                with self.subTest(command=words, format=form):
                    if form == "name" and tuple(words) in NAMELESS:
                        continue
                    self.check(form, self.ctl(*words, "-o", form), body, words)

    def check(self, form, output, body, words):
        entries = body.get(KEYS.get(words[0]), [body]) if words[1:2] == ["list"] else [body]
        if form == "json":
            self.assertEqual(self.steady(json.loads(output)), self.steady(body))
        elif form == "jsonl":
            lines = [json.loads(line) for line in output.splitlines()]
            if words[0] != "query":
                self.assertEqual(self.steady(lines), self.steady(entries))
        elif form == "csv":
            rows = list(csv.reader(io.StringIO(output)))
            self.assertEqual(len({len(row) for row in rows}), 1, "ragged rows")
            if words[1:2] == ["list"]:
                self.assertEqual(len(rows), len(entries) + 1)
        elif form == "name":
            keys = [entry["id"] if words[0] == "lease" else entry["name"] for entry in entries]
            self.assertEqual(output.splitlines(), keys)
        else:
            self.assertTrue(output.strip())
            self.assertNotIn("\x1b", output)

    def test_changing(self):
        for words in CHANGING:
            words = [word.replace("{lease}", self.held["id"]) for word in words]
            with self.subTest(command=words):
                output = self.ctl(*words, "-o", "json")
                if output.strip():
                    json.loads(output)

    def test_every_subcommand_has_help(self):
        for words in ([], ["lease"], ["pool"], ["seat"], ["group"], ["site"], ["run"]):
            with self.subTest(command=words):
                self.assertIn("USAGE", self.ctl(*words, "--help").upper())

    def test_completions(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("brokerctl", self.ctl("--generate-completion-script", shell))

    def test_backup_and_query(self):
        self.ctl("backup", self.scratch("formats-backup"))
        self.ctl("query", "/v1/nothing", code=66)

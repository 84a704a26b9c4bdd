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
        """Every change in every format; the last one of the list undoes what the first began."""
        text = self.ctl("site", "export")
        site_file = self.scratch("formats-site.toml", text)
        for form in FORMATS:
            held = self.grant(self.broker, ONE[1])
            for words in (*CHANGING, ("site", "apply", "-f", site_file, "--yes")):
                words = [word.replace("{lease}", held["id"]) for word in words]
                with self.subTest(command=words, format=form):
                    output = self.ctl(*words, "-o", form)
                    self.assertNotIn("\x1b", output)
                    if form == "json" and output.strip():
                        json.loads(output)
                    elif form == "jsonl":
                        for line in output.splitlines():
                            json.loads(line)
                    elif form == "csv" and output:
                        rows = list(csv.reader(io.StringIO(output)))
                        self.assertEqual(len({len(row) for row in rows}), 1, "ragged rows")

    def test_dry_runs(self):
        for words in (
            ("pool", "resize", "telework", "0"),
            ("pool", "drain", "telework", "--reason", "test"),
            ("seat", "drain", "cad-[0001-0002]", "--reason", "test"),
            ("lease", "revoke", self.held["id"], "--reason", "test"),
        ):
            for form in FORMATS:
                with self.subTest(command=words, format=form):
                    self.ctl(*words, "--dry-run", "-o", form)
        self.assertEqual(self.lease(self.broker, self.held)["state"], "active")
        self.assertEqual(self.pool(self.broker, "telework")["state"], "open")

    def test_a_lease_in_its_forms(self):
        """Request, renew and show have two forms more; release has nothing but names to tell."""
        path = f"/v1/leases/{self.held['id']}"
        verbs = (("lease", "request"), ("lease", "renew"), ("lease", "show"))
        for words in verbs:
            for form in (*FORMATS, "env", "rdp"):
                with self.subTest(command=words, format=form):
                    ids = [] if words[1] == "request" else [self.held["id"]]
                    code, stdout, stderr = self.brokerctl(
                        self.broker, ONE[0], *words, *ids, "-o", form,
                        socket=self.broker.agent_socket,
                    )  # fmt: skip
                    self.assertEqual(code, 0, stderr)
                    if form == "json":
                        with self.broker.agent(ONE[0]) as client:
                            self.assertEqual(stdout, client.get(path).body.decode() + "\n")
                    elif form == "name":
                        self.assertEqual(stdout, self.held["id"] + "\n")
                    elif form == "env":
                        self.assertIn(f"BROKER_LEASE={self.held['id']}\n", stdout)
                    elif form == "rdp":
                        self.assertIn("full address:s:", stdout)
        for form in FORMATS:
            with self.subTest(command=("lease", "release"), format=form):
                output = self.ctl("lease", "release", self.held["id"], "-o", form)
                self.assertEqual(output, self.held["id"] + "\n" if form == "name" else "")

    def test_every_subcommand_has_help(self):
        for words in ([], ["lease"], ["pool"], ["seat"], ["group"], ["site"], ["run"]):
            with self.subTest(command=words):
                self.assertIn("USAGE", self.ctl(*words, "--help").upper())

    def test_completions(self):
        for shell in ("bash", "zsh", "fish"):
            self.assertIn("brokerctl", self.ctl("--generate-completion-script", shell))

    def test_backup_and_query(self):
        for form in FORMATS:
            with self.subTest(format=form):
                self.ctl("backup", self.scratch("formats-backup"), "-o", form)
                self.ctl("site", "export", "-o", form)
        self.ctl("query", "/v1/nothing", code=66)

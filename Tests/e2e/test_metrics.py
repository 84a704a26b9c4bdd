"""Metrics in both forms, by who asks; read by promtool, the official parser and a real Prometheus."""

import json
import re
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

from broker import site, world
from broker.case import BrokerCase, measured
from broker.daemon import free_port
from broker.frozen import FrozenDisk
from broker.line import LineCase

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
PACKAGING = world.REPOSITORY / "Packaging"
RULES = PACKAGING / "prometheus" / "brokerd.rules.yml"
PAGE = world.REPOSITORY / "Docs" / "METRICS.md"
DASHBOARD = PACKAGING / "grafana" / "brokerd.json"
NAME = re.compile(r"\b(?:brokerd|process)_[a-z_]+\b")


def openmetrics_parser():
    """That of the official client, from where the tests' packages are."""
    packages = world.REPOSITORY.glob(".build/venv-tests/lib/python3*/site-packages")
    sys.path.extend(str(path) for path in packages)
    from prometheus_client.openmetrics import parser

    return parser.text_string_to_metric_families


def values(text):
    """Every sample of an exposition: its name with its labels, and its value."""
    samples = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            assert name not in samples, name
            samples[name] = float(value)
    return samples


def counters(text):
    """The names, without labels, of what must not fall."""
    names = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M):
        if kind == "counter":
            names.add(name)
        elif kind == "histogram":
            names |= {f"{name}_{part}" for part in ("bucket", "sum", "count")}
    return names


class Scraped:
    """What the tests here do with a daemon."""

    def scrape(self, daemon, accept=None):
        """The text on the monitoring listener."""
        with daemon.monitoring() as client:
            answer = client.get("/metrics", headers={"Accept": accept} if accept else None)
        self.assert_status(answer, 200)
        return answer.body.decode()


class Metrics(LineCase, Scraped):
    text = site.site(
        site.pool("telework", 1), site.group("dept01", ["telework"], 5),
        site.group("dept02", ["telework"], 5),
    )  # fmt: skip

    def test_both_forms_are_read(self):
        """promtool finds nothing to object to, and the official parser takes the other form."""
        self.grant(self.broker, world.agent(1))
        text = self.scrape(self.broker)
        check = subprocess.run(
            ["promtool", "check", "metrics"], input=text, text=True, capture_output=True,
            timeout=30, check=False,
        )  # fmt: skip
        self.assertEqual((check.returncode, check.stdout, check.stderr), (0, "", ""))
        open_text = self.scrape(self.broker, OPEN_METRICS)
        families = {family.name: family for family in openmetrics_parser()(open_text)}
        self.assertEqual(families["brokerd_lease_grants"].type, "counter")
        self.assertEqual(families["brokerd_grant_duration_seconds"].unit, "seconds")
        self.assertEqual(families["brokerd_build"].type, "info")
        self.assertEqual(set(values(text)), set(values(open_text)))

    def test_who_may_read(self):
        """Everybody on monitoring, observers on control, nobody on the agent socket."""
        with self.broker.monitoring() as client:
            answer = client.get("/metrics")
            self.assertEqual(answer.headers["content-type"].split(";")[0], "text/plain")
            self.assert_problem(client.get("/metrics?x=1"), "bad-request", 400)
            self.assertEqual(client.request("POST", "/metrics").status, 405)
        for name, status in {"olga": 200, "oscar": 200, "norbert": 403, "root": 200}.items():
            with self.broker.control(name) as client:
                self.assert_status(client.get("/metrics"), status)
        with self.broker.agent("root") as client:
            self.assert_status(client.get("/metrics"), 403)

    def test_no_names_of_people(self):
        """Neither of who holds a lease, waits, or closed a pool."""
        held = self.grant(self.broker, world.agent(1))
        self.wait(world.agent(2))
        with self.broker.control("oscar") as client:
            body = {"reason": "for agent0001"}
            self.assert_status(client.post("/v1/pools/telework/cordon", body), 200)
        for accept in (None, OPEN_METRICS):
            text = self.scrape(self.broker, accept)
            for word in (held["holder"], world.agent(2), "oscar", "agent0", held["id"]):
                self.assertNotIn(word, text)

    def test_counters_never_fall(self):
        """While people come and go, and from several scrapers at once."""
        stop = threading.Event()

        def come_and_go(number):
            with self.broker.agent(world.agent(number)) as client:
                while not stop.is_set():
                    answer = client.post("/v1/leases")
                    if answer.status in (200, 201):
                        client.delete(f"/v1/leases/{answer.json['id']}")

        people = [threading.Thread(target=come_and_go, args=(n,)) for n in range(1, 5)]
        for person in people:
            person.start()
        try:
            first = before = values(self.scrape(self.broker))
            names = counters(self.scrape(self.broker))
            for _ in range(50):
                now = values(self.scrape(self.broker))
                for name, value in before.items():
                    if name.split("{")[0] in names:
                        self.assertGreaterEqual(now[name], value, name)
                before = now
                time.sleep(0.02)
        finally:
            stop.set()
            for person in people:
                person.join()
        grants = [name for name in before if name.startswith("brokerd_lease_grants_total")]
        self.assertGreater(sum(before[n] for n in grants), sum(first[n] for n in grants))

    def test_who_waits(self):
        """By group, with how long the first does; then how long it took."""
        held = self.grant(self.broker, world.agent(1))
        client = self.wait(world.agent(2))
        time.sleep(1.1)
        now = values(self.scrape(self.broker))
        waiting = {k: v for k, v in now.items() if k.startswith("brokerd_line_waiting") and v}
        self.assertEqual(list(waiting.values()), [1])
        oldest = max(v for k, v in now.items() if k.startswith("brokerd_line_oldest_seconds"))
        self.assertGreaterEqual(oldest, 1)
        self.release(self.broker, held)
        self.granted(client)
        now = values(self.scrape(self.broker))
        self.assertEqual(now["brokerd_line_wait_seconds_count"], 1)
        self.assertEqual(now['brokerd_line_ends_total{reason="granted"}'], 1)


class Hung(BrokerCase, Scraped):
    def test_a_disk_that_hangs(self):
        """Metrics and status answer at once, and say for how long the writer has been silent."""
        disk = FrozenDisk()
        self.addCleanup(disk.remove)
        daemon = self.daemon(site.department(), state=disk.state)
        self.addCleanup(daemon.finish)
        self.addCleanup(disk.thaw)
        self.grant(daemon, world.agent(1))
        disk.freeze()
        answers = []

        def ask():
            with daemon.agent(world.agent(2), timeout=60) as client:
                answers.append(client.post("/v1/leases"))

        asking = threading.Thread(target=ask)
        asking.start()
        slowest = 0
        deadline = time.monotonic() + 7
        while time.monotonic() < deadline:
            began = time.monotonic()
            now = values(self.scrape(daemon))
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.2)
        self.assertEqual(answers, [])
        self.assertGreater(now["brokerd_writer_silence_seconds"], 5)
        self.assertLess(slowest, 1)
        measured(f"slowest scrape while the disk hangs: {slowest * 1000:.1f} ms")
        code, stdout, _ = self.brokerctl(daemon, "olga", "check", "store")
        self.assertEqual(code, 2, stdout)
        self.assertIn("STORE CRITICAL - the writer has been silent for", stdout)
        disk.thaw()
        asking.join(30)
        self.assert_status(answers[0], 201)
        self.assertLess(values(self.scrape(daemon))["brokerd_writer_silence_seconds"], 2)
        silent = values(self.scrape(daemon))["brokerd_commit_duration_seconds_sum"]
        self.assertGreater(silent, 5)


class Prometheus(BrokerCase, Scraped):
    """A real one on loopback, with the rules, for some seconds."""

    seconds_max = 90

    def setUp(self):
        super().setUp()
        self.broker = self.daemon(site.department(size=20, groups=3, quota=5))
        self.port = free_port()
        home = world.folder() / f"prometheus{self.port}"
        home.mkdir()
        (home / "prometheus.yml").write_text(
            json.dumps(
                {
                    "global": {"scrape_interval": "500ms", "scrape_timeout": "500ms",
                               "evaluation_interval": "500ms"},
                    "rule_files": [str(RULES)],
                    "scrape_configs": [
                        {"job_name": "brokerd",
                         "static_configs": [{"targets": [f"127.0.0.1:{self.broker.port}"]}]}
                    ],
                }
            )  # fmt: skip
        )
        log = open(home / "log", "wb")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={home}/prometheus.yml",
             f"--storage.tsdb.path={home}/data", f"--web.listen-address=127.0.0.1:{self.port}"],
            stdout=log, stderr=log,
        )  # fmt: skip
        self.addCleanup(self.end)
        self.log = home / "log"

    def end(self):
        self.process.kill()
        self.process.wait()

    def ask(self, path, **query):
        """The data of an answer of Prometheus' API; None while it does not answer."""
        url = f"http://127.0.0.1:{self.port}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                body = json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code == 503:
                # It still starts.
                return None
            self.fail(f"{query}: {error.read().decode()}")
        except OSError:
            return None
        self.assertEqual(body["status"], "success", body)
        return body["data"]

    def query(self, expression):
        data = self.ask("query", query=expression)
        return data["result"] if data else []

    def test_it_scrapes_the_daemon(self):
        """Values arrive, rules are well, and each expression of the dashboard has an answer."""
        for number in range(1, 4):
            self.grant(self.broker, world.agent(number))
        self.eventually(
            lambda: self.query('up{job="brokerd"} == 1'), 20, why="it was not scraped"
        )
        leased = 'sum(brokerd_pool_seats{state="leased"})'
        self.eventually(
            lambda: [r for r in self.query(leased) if r["value"][1] == "3"], 10,
            why=f"{self.query(leased)} is not 3",
        )  # fmt: skip
        self.assertEqual(self.query("brokerd_group_quota")[0]["value"][1], "5")
        target = self.ask("targets")["activeTargets"][0]
        self.assertEqual((target["health"], target["lastError"]), ("up", ""))

        def evaluated():
            groups = (self.ask("rules") or {"groups": []})["groups"]
            rules = [rule for group in groups for rule in group["rules"]]
            return rules if rules and all(r["health"] == "ok" for r in rules) else None

        rules = self.eventually(evaluated, 15, why="a rule fails, or is not evaluated")
        firing = [r["name"] for r in rules if r.get("state") == "firing"]
        # The disk of whoever runs the tests may be what it is.
        self.assertLessEqual(set(firing), {"BrokerdStoreNearlyFull", "BrokerdNoGrants"})

        # A rate takes two scrapes.
        self.eventually(lambda: self.query("rate(process_cpu_seconds_total[1m])"), 10)
        empty = []
        for title, expression in dashboard_expressions(target["labels"]["instance"]):
            data = self.ask("query", query=expression)
            if not data["result"]:
                empty.append(title)
        measured(f"panels without data in a small quiet house: {', '.join(empty)}")
        # What nothing has happened for yet, or the site has not.
        self.assertLess(len(empty), 10, empty)
        scraped = values(self.scrape(self.broker))
        measured(f"{len(scraped)} samples of a house of one pool and three groups")


def dashboard_expressions(instance):
    """Title and expression of each target, with the variables as they would be."""
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            expression = target["expr"].replace("$job", "brokerd").replace("$instance", instance)
            yield panel["title"], expression.replace("$pool", ".*")


class Files(BrokerCase, Scraped):
    """Rules and the dashboard use metrics that there are."""

    def test_every_name_is_there(self):
        text = self.scrape(self.daemon(site.site(
            site.pool("telework", 5), site.group("dept01", ["telework"], 3, slots=["mon.am"]),
            site.rota({"am": "08:00-13:00"}),
        )))  # fmt: skip
        known = set()
        for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M):
            known.add(name)
            if kind == "histogram":
                known |= {f"{name}_{part}" for part in ("bucket", "sum", "count")}
        dashboard = json.loads(DASHBOARD.read_text())
        expressions = [e for _, e in dashboard_expressions("x")]
        expressions += [v["definition"] for v in dashboard["templating"]["list"]
                        if "definition" in v]  # fmt: skip
        used = {name for e in expressions for name in NAME.findall(e)}
        # Labels of Prometheus' own functions aside, all that looks like one of ours is one.
        self.assertGreater(len(used), 25)
        self.assertEqual(used - known, set())
        rules = NAME.findall(re.sub(r"#.*|brokerd:\S+", "", RULES.read_text()))
        self.assertGreater(len(rules), 15)
        self.assertEqual(set(rules) - known, set())

    def test_the_page_has_every_alert(self):
        """And no other, with its severity."""
        rules = re.findall(
            r"^ +- alert: (\w+)\n.*?^ +severity: (\w+)$", RULES.read_text(), re.M | re.S
        )
        self.assertEqual(len(rules), RULES.read_text().count("- alert:"))
        self.assertGreater(len(rules), 10)
        told = re.findall(r"^\| `(Brokerd\w+)` \| (\w+) \|", PAGE.read_text(), re.M)
        self.assertEqual(sorted(told), sorted(rules))

    def test_the_dashboard_is_whole(self):
        """Every panel has its place, its source and a number of its own."""
        dashboard = json.loads(DASHBOARD.read_text())
        panels = dashboard["panels"]
        self.assertEqual(len({p["id"] for p in panels}), len(panels))
        taken = set()
        for panel in panels:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                     for y in range(at["y"], at["y"] + at["h"])}  # fmt: skip
            self.assertFalse(cells & taken, panel["title"])
            taken |= cells
            if panel["type"] != "row":
                self.assertEqual(panel["datasource"]["uid"], "${datasource}")
                self.assertTrue(panel["targets"], panel["title"])

    def test_promtool(self):
        """The rules are well formed, and fire when they should."""
        for command, file in (("check", RULES), ("test", RULES.with_suffix(".test.yml"))):
            done = subprocess.run(
                ["promtool", command, "rules", str(file)], capture_output=True, text=True,
                timeout=60, check=False,
            )  # fmt: skip
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

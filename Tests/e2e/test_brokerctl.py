"""brokerctl against a real daemon: what it prints, what it asks, how it ends."""

import json
import os
import socket as socketlib

from broker import site, world
from broker.case import BrokerCase

ONE, TWO = world.agents_of(1), world.agents_of(2)
SITE = site.site(
    site.pool("telework", 4, seat_host="%04d.desk.example"),
    site.pool("cad", 1),
    site.group("dept01", ["telework"], 2),
    site.group("dept02", ["cad"]),
)
DONE, FAILED, USAGE, DATA, MISSING, UNREACHABLE, LATER, DENIED = 0, 1, 64, 65, 66, 69, 75, 77


class CLI(BrokerCase):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE, seat_limit=20)

    def run_as(self, name, *arguments, code=DONE, **more):
        """Runs brokerctl; answers stdout and stderr."""
        agent = name in ONE or name in TWO or name == "kim"
        more.setdefault(
            "socket", self.broker.agent_socket if agent else self.broker.control_socket
        )
        got, stdout, stderr = self.brokerctl(self.broker, name, *arguments, **more)
        self.assertEqual(got, code, f"{arguments}\n{stdout}\n{stderr}")
        self.assertNotIn("\x1b", stdout + stderr, "colour without a terminal")
        return stdout, stderr

    def json_of(self, name, *arguments, **more):
        return json.loads(self.run_as(name, *arguments, "-o", "json", **more)[0])


class ExitCodes(CLI):
    """All of them, but 79, 126 to 128+n (test_run.py) and a person's no (test_terminal.py)."""

    def test_done(self):
        self.run_as("olga", "status")

    def test_failed(self):
        lease = json.loads(self.run_as(ONE[0], "lease", "request", "-o", "json")[0])
        key = ["lease", "request", "--idempotency-key", "a-key"]
        self.run_as(ONE[0], *key)
        self.run_as(ONE[0], *key, "--ttl", "2h", code=FAILED)
        self.run_as("alice", "pool", "create", "cad", "--size", "1", code=FAILED)
        self.run_as("alice", "pool", "delete", "telework", code=FAILED)
        self.run_as("alice", "backup", "/no/such/folder/file", code=FAILED)
        self.assertEqual(self.lease(self.broker, lease)["state"], "active")

    def test_wrong_usage(self):
        for arguments in (
            ["no-such-verb"],
            ["lease", "request", "--no-such-flag"],
            ["lease", "request", "--ttl", "soon"],
            ["pool", "resize", "telework"],
            ["pool", "cordon", "telework"],  # wants --reason
            ["status", "-o", "papyrus"],
        ):
            with self.subTest(arguments=arguments):
                stdout, stderr = self.run_as("alice", *arguments, code=USAGE)
                self.assertEqual(stdout, "")
                self.assertTrue(stderr)

    def test_no_terminal_and_no_yes(self):
        """What displaces people asks; nobody is there to ask, so nothing is done."""
        lease = json.loads(self.run_as(ONE[0], "lease", "request", "-o", "json")[0])
        for arguments in (
            ["lease", "revoke", lease["id"], "--reason", "test"],
            ["pool", "drain", "telework", "--reason", "test", "--deadline", "60s"],
            ["pool", "resize", "telework", "0"],
        ):
            with self.subTest(arguments=arguments):
                self.run_as("alice", *arguments, code=USAGE)
        self.assertEqual(self.lease(self.broker, lease), lease)
        self.assertEqual(self.pool(self.broker, "telework")["state"], "open")
        self.run_as("alice", "lease", "revoke", lease["id"], "--reason", "test", "--yes")
        self.assertEqual(self.lease(self.broker, lease)["end_reason"], "revoked")

    def test_data_refused(self):
        path = self.scratch("bad-site.toml", "[[pool]]\nname = 7\nsize = 1\n")
        _, stderr = self.run_as("alice", "site", "apply", "-f", path, "--yes", code=DATA)
        self.assertIn(f"{path}:2:", stderr)
        resize = ["pool", "resize", "telework"]
        self.run_as("alice", *resize, "5", "--if-revision", "999999", code=DATA)
        self.run_as("alice", *resize, "21", code=DATA)  # the seat limit is 20
        self.run_as("alice", "pool", "create", "no blanks", "--size", "1", code=DATA)
        self.assertEqual(self.pool(self.broker, "telework")["size"], 4)
        self.broker.write_config(text="[broker]\nseat_limit = -1\n")
        _, stderr = self.run_as("alice", "reload", code=DATA)
        self.assertIn(f"{self.broker.config}:2:", stderr)

    def test_missing(self):
        for arguments in (
            ["pool", "show", "nowhere"],
            ["lease", "show", "no-such-lease"],
            ["lease", "request", "--pool", "nowhere", "--holder", ONE[0]],
            ["seat", "show", "telework-[0001-0099]"],
            ["group", "show", "nobody"],
            ["query", "/v1/nothing"],
        ):
            with self.subTest(arguments=arguments):
                self.run_as("alice", *arguments, code=MISSING)
        lease = json.loads(self.run_as(ONE[0], "lease", "request", "-o", "json")[0])
        self.run_as(ONE[0], "lease", "release", lease["id"])
        self.run_as(ONE[0], "lease", "renew", lease["id"], code=MISSING)

    def test_missing_among_others(self):
        """The others are released, and named."""
        first, second = (
            json.loads(self.run_as(name, "lease", "request", "-o", "json")[0])["id"]
            for name in ONE[:2]
        )
        stdout, stderr = self.run_as(
            "alice", "lease", "release", first, "no-such-lease", second, "-o", "name", code=MISSING
        )
        self.assertEqual(stdout, f"{first}\n{second}\n")
        self.assertIn("no-such-lease", stderr)
        self.assertEqual(self.broker.leases(), [])

    def test_unreachable(self):
        # One that is not there, and one that nobody listens on any more.
        stale = self.scratch("stale.sock")
        with socketlib.socket(socketlib.AF_UNIX) as listener:
            listener.bind(stale)
        os.chmod(stale, 0o666)
        for socket in ("/no/such/socket", stale):
            with self.subTest(socket=socket):
                self.run_as("alice", "status", socket=socket, code=UNREACHABLE)

    def test_not_now(self):
        for name in ONE[:2]:
            self.run_as(name, "lease", "request")
        _, stderr = self.run_as(ONE[2], "lease", "request", code=LATER)
        self.assertIn("dept01", stderr)
        with self.broker.control() as client:
            client.post("/v1/pools/cad/cordon", {"reason": "test"})
        self.run_as(TWO[0], "lease", "request", code=LATER)

    def test_denied(self):
        self.run_as("kim", "lease", "request", code=DENIED)
        self.run_as("olga", "pool", "cordon", "cad", "--reason", "test", code=DENIED)
        self.run_as("kim", "status", socket=self.broker.control_socket, code=DENIED)


class Leases(CLI):
    def test_request_to_release(self):
        body = self.json_of(ONE[0], "lease", "request", "--ttl", "1h")
        self.assertEqual(body, self.lease(self.broker, body))
        stdout, _ = self.run_as(ONE[0], "lease", "request")
        self.assertIn(body["seat"]["name"], stdout)
        stdout, _ = self.run_as(ONE[0], "lease", "request", "-o", "name")
        self.assertEqual(stdout.strip(), body["id"])
        self.assertEqual(self.json_of(ONE[0], "lease", "show", body["id"]), body)
        listed = self.json_of(ONE[0], "lease", "list")
        self.assertEqual(listed["leases"], [body])
        stdout, _ = self.run_as("olga", "lease", "list")
        self.assertIn(ONE[0], stdout)
        renewed = self.json_of(ONE[0], "lease", "renew", body["id"], "--ttl", "9h")
        self.assertGreater(renewed["expires_at"], body["expires_at"])
        self.run_as(ONE[0], "lease", "release", body["id"])
        self.run_as(ONE[0], "lease", "release", body["id"])
        self.assertEqual(self.broker.leases(), [])
        stdout, _ = self.run_as("olga", "lease", "list", "--state", "ended")
        self.assertIn(body["id"], stdout)
        self.assertNotIn("(in ", stdout, "counts down to the end of what has ended")

    def test_env_is_safe_for_eval(self):
        stdout, _ = self.run_as(ONE[0], "lease", "request", "-o", "env")
        lease = self.broker.leases()[0]
        values = dict(line.split("=", 1) for line in stdout.splitlines())
        wanted = {
            "BROKER_LEASE": lease["id"],
            "BROKER_TOKEN": str(lease["token"]),
            "BROKER_SEAT": lease["seat"]["name"],
            "BROKER_HOST": lease["seat"]["host"],
            "BROKER_PORT": str(lease["seat"]["port"]),
            "BROKER_PROTOCOL": "rdp",
            "BROKER_EXPIRES": lease["expires_at"],
        }
        self.assertEqual({key: values[key].strip("'\"") for key in wanted}, wanted)

    def test_rdp(self):
        stdout, _ = self.run_as(ONE[0], "lease", "request", "-o", "rdp")
        self.assertIn("full address:s:0001.desk.example", stdout)

    def test_for_somebody_else(self):
        lease = self.json_of(
            "root", "lease", "request", "--holder", "kim", "--holder-group", "dept01"
        )
        self.assertEqual((lease["holder"], lease["group"]), ("kim", "dept01"))


class Pools(CLI):
    def test_life_of_a_pool(self):
        self.run_as("alice", "pool", "create", "lab", "--size", "3")
        body = self.json_of("olga", "pool", "show", "lab")
        self.assertEqual((body["size"], body["state"]), (3, "open"))
        stdout, _ = self.run_as("alice", "pool", "resize", "lab", "5", "--dry-run")
        self.assertTrue(stdout)
        self.assertEqual(self.pool(self.broker, "lab")["size"], 3)
        self.run_as("alice", "pool", "resize", "lab", "5")
        self.assertEqual(self.pool(self.broker, "lab")["size"], 5)
        self.run_as("oscar", "pool", "cordon", "lab", "--reason", "image")
        self.assertEqual(self.pool(self.broker, "lab")["state"], "cordoned")
        self.run_as("oscar", "pool", "uncordon", "lab")
        self.run_as("oscar", "pool", "drain", "lab", "--reason", "move", "--dry-run")
        self.assertEqual(self.pool(self.broker, "lab")["state"], "open")
        self.run_as("oscar", "pool", "drain", "lab", "--reason", "move", "--yes")
        self.assertEqual(self.pool(self.broker, "lab")["state"], "drained")
        self.run_as("alice", "pool", "delete", "lab")
        self.run_as("olga", "pool", "show", "lab", code=MISSING)

    def test_json_is_the_apis_body(self):
        with self.broker.control("olga") as client:
            pools = client.get("/v1/pools").json
            groups = client.get("/v1/groups").json
        self.assertEqual(self.json_of("olga", "pool", "list"), pools)
        self.assertEqual(self.json_of("olga", "query", "/v1/groups"), groups)

    def test_tables(self):
        stdout, _ = self.run_as("olga", "pool", "list")
        lines = stdout.splitlines()
        self.assertEqual(len(lines), 3, stdout)
        self.assertTrue(lines[1].startswith("telework"))
        stdout, _ = self.run_as("olga", "status")
        for word in ("telework", "dept01", "serving"):
            self.assertIn(word, stdout)

    def test_explain(self):
        for name in ONE[:2]:
            self.grant(self.broker, name)
        stdout, _ = self.run_as("olga", "explain", ONE[2], "--pool", "telework")
        self.assertIn("quota", stdout)
        body = self.json_of("olga", "explain", ONE[2], "--pool", "telework")
        self.assertEqual(body["outcome"], "refused")


class Sites(CLI):
    def test_export_and_apply(self):
        text, _ = self.run_as("olga", "site", "export")
        path = self.scratch("site.toml", text)
        self.run_as("alice", "site", "apply", "-f", path)
        larger = self.scratch("larger.toml", text.replace("size = 4", "size = 6"))
        stdout, _ = self.run_as("alice", "site", "apply", "-f", larger, "--dry-run")
        self.assertIn("6", stdout)
        self.assertEqual(self.pool(self.broker, "telework")["size"], 4)
        self.run_as("alice", "site", "apply", "-f", larger)
        self.assertEqual(self.pool(self.broker, "telework")["size"], 6)
        stdout, _ = self.run_as("alice", "site", "apply", "-f", "-", stdin=text)
        self.assertEqual(self.pool(self.broker, "telework")["size"], 4)

"""The configuration: checked, strict, read again while serving; and what a start refuses."""

import contextlib
import re
import signal
import socket
import sqlite3
import stat
import subprocess

from broker import site, world
from broker.case import BrokerCase

ONE = world.agents_of(1)
SITE = site.site(site.pool("telework", 4), site.group("dept01", ["telework"]))
# sysexits.h: EX_CONFIG.
CONFIG_REFUSED = 78


class Check(BrokerCase):
    """brokerd --check: 0, or 78 with file:line:column on stderr."""

    def check(self, text):
        path = self.scratch("check.toml", text)
        result = subprocess.run(
            [world.program("brokerd"), "--config", path, "--check"],
            capture_output=True, text=True, timeout=20, check=False, cwd="/",
            env={"PATH": "/usr/bin:/bin", "STATE_DIRECTORY": "/var/lib/brokerd"},
        )  # fmt: skip
        return result.returncode, result.stderr, path

    def test_good(self):
        for text in (
            "",
            "# nothing\n",
            "[broker]\nseat_limit = 5\n",
            '[roles]\nadmin = ["alice", "@brokerd-admin", 901]\n',
            "[limits]\nconnections_per_user = 1\nrequests_per_second_per_user = 1\n",
        ):
            with self.subTest(text=text):
                code, stderr, _ = self.check(text)
                self.assertEqual(code, 0, stderr)

    def test_bad(self):
        """Each mistake is shown where it is."""
        for text, line, column in (
            ("[broker]\nseat_limits = 5\n", 2, 1),
            ("[brokers]\n", 1, None),
            ("[broker]\nseat_limit = \"many\"\n", 2, None),
            ("[broker]\nseat_limit = -1\n", 2, None),
            ("[listen]\n\nmonitoring = \"nowhere\"\n", 3, None),
            ("[listen]\nmonitoring = \"0.0.0.0:9470\"\n[limits]\nconnections_per_user = 0\n", None, None),
            ("[roles]\nadmin = [\"\"]\n", 2, None),
            ("[broker\n", 1, None),
            ("[broker]\nstate_dir = \"relative/path\"\n", 2, None),
        ):
            with self.subTest(text=text):
                code, stderr, path = self.check(text)
                self.assertEqual(code, CONFIG_REFUSED, stderr)
                place = re.search(re.escape(path) + r":(\d+):(\d+)", stderr)
                self.assertTrue(place, stderr)
                if line:
                    self.assertEqual(int(place[1]), line, stderr)
                if column:
                    self.assertEqual(int(place[2]), column, stderr)

    def check_site(self, timezone):
        """Of a configuration whose site has a rota in this time zone."""
        path = self.scratch(
            "check-site.toml",
            "[[pool]]\nname = \"telework\"\nsize = 4\n\n"
            f"[rota]\nanchor = 2026-01-05\ntimezone = \"{timezone}\"\n",
        )
        code, stderr, _ = self.check(f"[broker]\nsite_file = \"{path}\"\n")
        return code, stderr, path

    def test_time_zone_of_the_site(self):
        """Whether this machine has it is found out before the daemon starts."""
        self.assertEqual(self.check_site("Europe/Paris")[:2], (0, ""))
        for timezone in ("Europe/Pariss", "tzdata.zi", "../passwd", "right/Europe/Paris", ""):
            with self.subTest(timezone=timezone):
                code, stderr, path = self.check_site(timezone)
                self.assertEqual(code, CONFIG_REFUSED, stderr)
                self.assertTrue(stderr.startswith(f"{path}:7:12: "), stderr)
                self.assertEqual(stderr.count("\n"), 1, stderr)

    def test_no_such_file(self):
        result = subprocess.run(
            [world.program("brokerd"), "--config", "/no/such/file", "--check"],
            capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("/no/such/file", result.stderr)

    def test_version(self):
        result = subprocess.run(
            [world.program("brokerd"), "--version"],
            capture_output=True, text=True, timeout=20, check=True,
        )  # fmt: skip
        self.assertRegex(result.stdout, r"\d+\.\d+\.\d+")


class Empty(BrokerCase):
    def test_starts_with_an_empty_file(self):
        """State where the service manager says, sockets below /run/brokerd, root is admin."""
        run = world.Path("/run/brokerd")
        run.mkdir(mode=0o755)
        self.addCleanup(run.rmdir)
        broker = self.daemon(start=False, run_as="root")
        broker.write_config(text="")
        broker.agent_socket, broker.control_socket = run / "agent.sock", run / "control.sock"
        broker.spawn(env={"STATE_DIRECTORY": str(broker.state)})
        self.addCleanup(lambda: [path.unlink() for path in run.iterdir()])
        self.eventually(broker.control_socket.exists)

        def status():
            try:
                with broker.control() as client:
                    return client.get("/v1/status").json
            except OSError:
                return None

        seats = self.eventually(status)["seats"]
        self.assertEqual((seats["total"], seats["limit"]), (0, None))
        self.assertEqual(stat.S_IMODE(broker.agent_socket.stat().st_mode), 0o666)
        self.assertEqual(stat.S_IMODE(broker.control_socket.stat().st_mode), 0o660)
        self.assertTrue(any(broker.state.iterdir()))
        self.assertEqual(broker.stop()[0], 0)


class Reload(BrokerCase):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE)
        self.good = self.broker.config.read_text()

    def control_status(self, name, path="/v1/pools"):
        with self.broker.control(name) as client:
            return client.get(path).status

    def test_good(self):
        self.assertEqual(self.control_status("norbert"), 403)
        self.broker.config.write_text(
            self.good.replace('observer = ["@brokerd-monitor"]', 'observer = ["norbert"]')
        )
        with self.broker.control("alice") as client:
            self.assert_status(client.post("/v1/reload"), 200)
        self.assertEqual(self.control_status("norbert"), 200)
        self.assertEqual(self.control_status("olga"), 403)
        self.broker.config.write_text(self.good)
        self.broker.signal(signal.SIGHUP)
        self.eventually(lambda: self.control_status("olga") == 200)
        self.assertEqual(self.control_status("norbert"), 403)

    def test_bad(self):
        """A bad file changes nothing, and says where it is wrong."""
        lines = self.good.splitlines()
        at = lines.index("[limits]") + 1
        self.broker.config.write_text(
            self.good.replace('["@brokerd-monitor"]', '["norbert"]') + "colour = 1\n"
        )
        with self.broker.control("alice") as client:
            answer = self.assert_problem(client.post("/v1/reload"), "bad-request", 400)
            self.assertEqual(answer.json["file"], str(self.broker.config))
            self.assertGreater(answer.json["line"], at)
            self.assertEqual(answer.json["column"], 1)
        self.assertEqual(self.control_status("olga"), 200)
        self.broker.signal(signal.SIGHUP)
        self.eventually(lambda: f"{self.broker.config}:{answer.json['line']}:1" in self.broker.log())
        self.assertEqual(self.control_status("olga"), 200)
        self.assertEqual(self.control_status("norbert"), 403)
        self.grant(self.broker, ONE[0])

    def test_seat_limit_lowered_below_what_is_there(self):
        """Only growth stops."""
        self.broker.config.write_text(self.good.replace("seat_limit = 1700", "seat_limit = 2"))
        with self.broker.control("alice") as client:
            self.assert_status(client.post("/v1/reload"), 200)
            self.assert_problem(
                client.post("/v1/pools/telework/resize", {"size": 5}), "seat-limit", 409
            )
            self.assert_status(client.post("/v1/pools/telework/resize", {"size": 3}), 200)
        self.grant(self.broker, ONE[0])


class Start(BrokerCase):
    """What keeps a daemon from starting, and how it says so."""

    def refused(self, broker, *words):
        """The process ends by itself, not with 0, and its last words hold all of these."""
        broker.log_file.write_text("")
        process = broker.spawn()
        code = process.wait(20)
        self.assertNotEqual(code, 0)
        self.assertGreater(code, 0, f"killed by signal {-code}:\n{broker.log()[-2000:]}")
        for word in words:
            self.assertRegex(broker.log(), f"(?i){word}")

    def test_a_second_daemon_on_the_same_state(self):
        first = self.daemon(SITE)
        second = self.daemon(SITE, start=False, state=first.state)
        self.refused(second, re.escape(str(first.state)), "another|already|in use|locked")
        self.grant(first, ONE[0])

    def databases(self, broker):
        """The SQLite files of a stopped daemon, the one with the journal first."""
        files = [
            path for path in broker.state.iterdir()
            if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3"
        ]  # fmt: skip
        self.assertTrue(files, list(broker.state.iterdir()))
        return sorted(files, key=lambda path: "histor" in path.name or "report" in path.name)

    def test_overwritten_pages(self):
        broker = self.daemon(site.department(quota=None))
        for number in range(1, 200):
            self.grant(broker, world.agent(number))
        self.assertEqual(broker.stop()[0], 0)
        path = self.databases(broker)[0]
        size = path.stat().st_size
        with open(path, "r+b") as file:
            for at in range(4096, size, 4096):
                file.seek(at + 16)
                file.write(b"\xa5" * 256)
        damaged = path.read_bytes()
        self.refused(broker, "damaged|corrupt|malformed", "restore|backup", re.escape(path.name))
        self.assertEqual(path.read_bytes(), damaged, "a damaged file was written to")

    def test_one_bit_of_a_journal_row(self):
        """SQLite has no page checksums; the rows have."""

        def flip(database):
            revision, payload = database.execute(
                "SELECT revision, payload FROM journal ORDER BY revision DESC LIMIT 1"
            ).fetchone()
            flipped = bytearray(payload)
            flipped[len(flipped) // 2] ^= 0x10
            database.execute(
                "UPDATE journal SET payload = ? WHERE revision = ?", (bytes(flipped), revision)
            )

        self.tampered(flip, "damaged|corrupt|checksum", "restore|backup")

    def test_a_journal_row_that_is_gone(self):
        def drop(database):
            rows = database.execute("SELECT revision FROM journal ORDER BY revision").fetchall()
            database.execute("DELETE FROM journal WHERE revision = ?", rows[-2])

        self.tampered(drop, "damaged|corrupt|missing", "restore|backup")

    def tampered(self, change, *words):
        """After a crash, with a change to the database behind the daemon's back."""
        broker = self.daemon(SITE)
        for name in ONE[:4]:
            self.grant(broker, name)
        broker.kill()
        with contextlib.closing(sqlite3.connect(self.databases(broker)[0])) as database:
            with database:
                change(database)
        self.refused(broker, *words)

    def test_a_stale_socket_is_replaced(self):
        broker = self.daemon(SITE)
        broker.kill()
        self.assertTrue(broker.agent_socket.is_socket())
        broker.start()
        self.grant(broker, ONE[0])

    def test_a_live_socket_is_not_taken_over(self):
        first = self.daemon(SITE)
        second = self.daemon(SITE, start=False)
        second.config.write_text(
            second.config.read_text().replace(str(second.agent_socket), str(first.agent_socket))
        )
        self.refused(second, re.escape(str(first.agent_socket)))
        self.grant(first, ONE[0])

    def test_what_is_no_socket_is_left_alone(self):
        broker = self.daemon(SITE, start=False)
        broker.agent_socket.write_text("precious")
        self.refused(broker, re.escape(str(broker.agent_socket)))
        self.assertEqual(broker.agent_socket.read_text(), "precious")


class Stop(BrokerCase):
    """SIGTERM: what is in flight is answered, idle clients hold nobody up."""

    def test_with_idle_clients(self):
        broker = self.daemon(site.department(quota=None))
        idle = []
        for number in range(1, 201):
            client = broker.agent(world.agent(number)).open()
            self.addCleanup(client.close)
            if number % 2:
                self.assert_status(client.get("/healthz"), 200)
            idle.append(client)
        asking = [broker.agent(world.agent(number)).open() for number in range(1000, 1050)]
        from broker.http import encode

        for client in asking:
            client.send(encode("POST", "/v1/leases"), "POST")
        code, seconds = broker.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 5.0)
        answered = []
        for client in asking:
            try:
                answered.append(self.assert_status(client.receive(), 201).json["id"])
            except OSError:
                pass
            client.close()
        broker.start()
        live = {lease["id"] for lease in broker.leases()}
        self.assertEqual(set(answered) - live, set(), "answered, but not kept")
        self.assertTrue(answered, "nothing that was in flight was answered")

    def test_nobody_is_let_in_afterwards(self):
        broker = self.daemon(SITE)
        self.assertEqual(broker.stop()[0], 0)
        with self.assertRaises((ConnectionRefusedError, FileNotFoundError)):
            broker.agent(ONE[0]).open()
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", broker.port), timeout=2)

    def test_interrupt(self):
        """Ctrl-C in a terminal is as good."""
        broker = self.daemon(SITE)
        broker.signal(signal.SIGINT)
        self.assertEqual(broker.process.wait(5), 0)

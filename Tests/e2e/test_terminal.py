"""brokerctl at a terminal: what it asks, how it fits, what it colours, and that nothing steers it."""

import json
import os
import signal
import socket
import statistics
import subprocess
import threading
import time

from broker import site, world
from broker.case import BrokerCase, measured
from broker.terminal import plain

ONE = world.agents_of(1)
SITE = site.site(
    site.pool("telework", 40, seat_host="%04d.a-rather-long-domain.desk.example"),
    site.pool("a-pool-with-a-name-that-takes-some-room", 3),
    site.group("dept01", ["telework"], 30),
    site.group("a-group-with-a-name-that-takes-some-room", [], members=["kim"]),
)
DONE, FAILED, USAGE = 0, 1, 64
# Colour, the terminal's title, a bell, an arrow that writes backwards, the C1 form of an escape.
STEERING = "\x1b[31mred\x1b]0;title\x07 \u202eback \x9b2J"
SHOWN = r"\u{1b}[31mred\u{1b}]0;title\u{7} \u{202e}back \u{9b}2J"
STATUS_MILLISECONDS_MAX = 60
CTRL_C, CTRL_D = "\x03", "\x04"


class AtATerminal(BrokerCase):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE)

    def lease_of(self, name):
        return self.grant(self.broker, name, {"pool": "telework"})

    def shown(self, *arguments, name="alice", code=DONE, **more):
        """What a command shows at a terminal, to its end."""
        got, text = self.terminal(self.broker, name, *arguments, **more).finish()
        self.assertEqual(got, code, text)
        return text


class Questions(AtATerminal):
    def test_yes_and_no(self):
        """Only a yes is one; the question has the numbers; a no changes nothing and is code 1."""
        for number, (answer, done) in enumerate(
            (("n\r", False), ("\r", False), ("maybe\r", False), (CTRL_D, False),
             ("y\r", True), ("YES\r", True))  # fmt: skip
        ):
            lease = self.lease_of(ONE[number])
            for arguments, question in (
                (["lease", "revoke", lease["id"], "--reason", "test"], ONE[number]),
                (["pool", "drain", "telework", "--reason", "test", "--deadline", "0"], "telework"),
                (["seat", "drain", lease["seat"]["name"], "--reason", "test", "--deadline", "0"],
                 lease["seat"]["name"]),
            ):  # fmt: skip
                with self.subTest(answer=answer, command=arguments[:2]):
                    at = self.terminal(self.broker, "alice", *arguments)
                    self.assertIn(question, at.until("[y/N] "))
                    at.type(answer)
                    code, _ = at.finish()
                    self.assertEqual(code, DONE if done else FAILED)
                    if not done:
                        self.assertEqual(self.lease(self.broker, lease)["state"], "active")
                        self.assertEqual(self.pool(self.broker, "telework")["state"], "open")
            if done:
                self.assertEqual(self.lease(self.broker, lease)["state"], "ended")
                with self.broker.control() as client:
                    client.post("/v1/pools/telework/uncordon")

    def test_resize_and_site_ask_when_people_are_displaced(self):
        lease = self.lease_of(ONE[0])
        self.shown("pool", "resize", "telework", "39")
        for answer, code, state in (("n\r", FAILED, "active"), ("y\r", DONE, "ending")):
            with self.subTest(answer=answer):
                at = self.terminal(self.broker, "alice", "pool", "resize", "telework", "0")
                at.until("[y/N] ")
                at.type(answer)
                self.assertEqual(at.finish()[0], code)
                self.assertEqual(self.lease(self.broker, lease)["state"], state)

    def test_the_sites_changes_are_shown_before_the_question(self):
        """Line by line, as they are to be read."""
        lease = self.lease_of(ONE[0])
        path = self.scratch("site-without-seats.toml", site.site(site.pool("telework", 0)))
        at = self.terminal(self.broker, "alice", "site", "apply", "-f", path)
        shown = plain(at.until("[y/N] "))
        self.assertNotIn(r"\u{", shown)
        self.assertTrue(any(line.startswith("-") for line in shown.splitlines()), shown)
        at.type("n\r")
        self.assertEqual(at.finish()[0], FAILED)
        self.assertEqual(self.lease(self.broker, lease)["state"], "active")

    def test_asks_nobody_without_a_person(self):
        """A terminal for some streams only is not a person who can read and answer."""
        lease = self.lease_of(ONE[0])
        revoke = f"{world.program('brokerctl')} lease revoke {lease['id']} --reason test"
        for case in ("</dev/null", "2>/dev/null", "</dev/null 2>/dev/null"):
            with self.subTest(case=case):
                at = self.terminal(self.broker, "alice", "/bin/sh", "-c", f"{revoke} {case}")
                code, text = at.finish()
                self.assertEqual(code, USAGE)
                self.assertNotIn("[y/N]", text)
                self.assertEqual(self.lease(self.broker, lease)["state"], "active")

    def test_interrupted_while_asking(self):
        lease = self.lease_of(ONE[0])
        at = self.terminal(
            self.broker, "alice", "lease", "revoke", lease["id"], "--reason", "test"
        )
        at.until("[y/N] ")
        at.type(CTRL_C)
        self.assertEqual(at.finish()[0], 128 + signal.SIGINT)
        self.assertEqual(self.lease(self.broker, lease)["state"], "active")


class Looks(AtATerminal):
    def test_fits(self):
        """No line is wider than the terminal, at 80 columns and at 40; into a pipe nothing is cut."""
        for name in ONE[:3]:
            self.lease_of(name)
        with self.broker.control() as client:
            body = {"reason": "a reason in so many words that no terminal has room for it " * 3}
            client.post("/v1/pools/telework/cordon", body)
            client.post("/v1/seats/telework-0001/cordon", body)
        for arguments in (
            ["status"], ["lease", "list"], ["pool", "list"], ["seat", "list"], ["group", "list"],
        ):  # fmt: skip
            for columns in (80, 40):
                with self.subTest(arguments=arguments, columns=columns):
                    lines = plain(self.shown(*arguments, columns=columns)).splitlines()
                    table = lines[3:] if arguments == ["status"] else lines
                    self.assertGreater(len(table), 2)
                    self.assertEqual([line for line in table if len(line) > columns], [])
        _, stdout, _ = self.brokerctl(self.broker, "alice", "pool", "list")
        self.assertIn(body["reason"].strip(), stdout)
        _, stdout, _ = self.brokerctl(
            self.broker, "alice", "pool", "list", env={"COLUMNS": "60"}
        )
        self.assertLessEqual(max(map(len, stdout.splitlines())), 60)

    def test_colour(self):
        """At a terminal only, and not for those who object."""
        self.assertIn("\x1b[32m", self.shown("pool", "list"))
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            for arguments in (["pool", "list"], ["status"], ["pool", "show", "telework"]):
                with self.subTest(env=env, arguments=arguments):
                    self.assertNotIn("\x1b", self.shown(*arguments, env=env))
        for form in ("json", "jsonl", "csv", "yaml", "name"):
            with self.subTest(form=form):
                self.assertNotIn("\x1b", self.shown("pool", "list", "-o", form))
        piped = f"{world.program('brokerctl')} pool list | cat"
        self.assertNotIn("\x1b", self.shown("/bin/sh", "-c", piped))

    def assert_harmless(self, text, written=STEERING):
        for character in set(written):
            if not character.isascii() or ord(character) < 0x20:
                self.assertNotIn(character, text)

    def test_control_characters_are_refused(self):
        """The daemon takes none; what a person typed is not obeyed in the message, either."""
        shown = self.shown("pool", "cordon", "telework", "--reason", STEERING, code=65)
        self.assert_harmless(shown)
        shown = self.shown("pool", "show", STEERING, code=65)
        self.assert_harmless(shown.replace("\x1b[0m", ""))

    def test_direction_marks_are_shown(self):
        """What the daemon takes, but would reorder or hide what stands beside it."""
        reason, shown_as = "new\u202egnitide\u200b", r"new\u{202e}gnitide\u{200b}"
        lease = self.lease_of(ONE[0])
        with self.broker.control() as client:
            for path in (
                "/v1/pools/telework/cordon",
                "/v1/seats/telework-0001/cordon",
                f"/v1/leases/{lease['id']}/revoke",
            ):
                self.assert_status(client.post(path, {"reason": reason}), 200)
        for arguments in (
            ["pool", "show", "telework"], ["pool", "list"],
            ["seat", "show", "telework-0001"], ["seat", "list"],
            ["lease", "show", lease["id"]], ["lease", "list", "--state", "ended"],
            ["explain", ONE[0], "--pool", "telework"],
        ):  # fmt: skip
            with self.subTest(arguments=arguments):
                shown = self.shown(*arguments, columns=500)
                self.assertIn(shown_as, shown)
                self.assert_harmless(shown, reason)
                _, stdout, _ = self.brokerctl(self.broker, "alice", *arguments)
                self.assertIn(shown_as, stdout)
        shown = self.shown(
            "lease", "request", "--pool", "telework", name=ONE[1], code=75,
            socket=self.broker.agent_socket,
        )  # fmt: skip
        self.assertIn(shown_as, shown)

    def test_not_even_the_daemon_steers_the_terminal(self):
        """brokerctl does not rely on it: whatever an answer holds is shown, not obeyed."""
        with self.broker.control() as client:
            pool = client.get("/v1/pools/telework").json
            status = client.get("/v1/status").json
        pool["reason"] = STEERING
        status["pools"][0]["name"] = status["groups"][0]["name"] = STEERING
        status["store"]["kind"] = status["version"] = STEERING
        for arguments, body in (
            (["pool", "show", "telework"], pool),
            (["pool", "list"], {"pools": [pool], "next": None}),
            (["status"], status),
        ):
            socket = self.pretender(body)
            for form in ("table", "csv", "yaml"):
                with self.subTest(arguments=arguments, form=form):
                    shown = self.shown(
                        *arguments, "-o", form, socket=socket, columns=500, env={"NO_COLOR": "1"}
                    )
                    self.assert_harmless(shown)
                    if form == "table":
                        self.assertIn(SHOWN, shown)

    def pretender(self, body):
        """A socket where every request has this one answer."""
        path = self.scratch(f"pretender-{time.monotonic_ns()}.sock")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        os.chmod(path, 0o666)
        listener.listen()
        text = json.dumps(body).encode()

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                    head += f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
                    connection.sendall(head.encode() + text)

        threading.Thread(target=serve, daemon=True).start()
        self.addCleanup(listener.close)
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
        return path


class Status(AtATerminal):
    def test_watch(self):
        """Shown anew in place, with what has changed, through a restart, until Ctrl-C."""
        at = self.terminal(self.broker, "olga", "status", "--watch", "--interval", "1s")
        clear = "\x1b[H\x1b[J"
        at.until("dept01")
        self.lease_of(ONE[0])
        at.until(clear)
        at.until("1 leased")
        self.broker.stop()
        at.until("cannot reach the broker")
        self.broker.start()
        at.until(clear)
        at.until("1 leased")
        at.type(CTRL_C)
        self.assertEqual(at.finish()[0], 128 + signal.SIGINT)

    def test_watch_into_a_pipe(self):
        """One line of JSON every interval, each at once, and no escape codes."""
        who = world.user("olga")
        process = subprocess.Popen(
            [world.program("brokerctl"), "status", "--watch", "--interval", "1s", "-o", "jsonl"],
            user=who.uid, group=who.gid, extra_groups=who.groups, cwd="/",
            env={"PATH": "/usr/bin:/bin", "BROKERD_SOCKET": str(self.broker.control_socket)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        began = time.monotonic()
        for _ in range(3):
            self.assertEqual(json.loads(process.stdout.readline())["state"], "serving")
        self.assert_close(time.monotonic() - began, 2.0, 0.9)

    def test_a_whole_process(self):
        """From exec to exit, as a prompt or a monitoring script pays for it."""
        who = world.user("olga")
        times = []
        for _ in range(30):
            began = time.monotonic()
            subprocess.run(
                [world.program("brokerctl"), "status"],
                user=who.uid, group=who.gid, extra_groups=who.groups, cwd="/",
                env={"PATH": "/usr/bin:/bin", "BROKERD_SOCKET": str(self.broker.control_socket)},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, timeout=20, check=True,
            )  # fmt: skip
            times.append((time.monotonic() - began) * 1000)
        median = statistics.median(times)
        measured(
            f"brokerctl status, a whole process: median {median:.1f} ms of {len(times)}, "
            f"least {min(times):.1f} ms"
        )
        self.assertLess(median, STATUS_MILLISECONDS_MAX)

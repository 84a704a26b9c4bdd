"""The login scripts of Docs/examples, run by ordinary users against a real daemon."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from broker import site, world
from broker.case import BrokerCase

EXAMPLES = world.REPOSITORY / "Docs" / "examples"
ONE, TWO = world.agents_of(1), world.agents_of(2)
# As hostile as the site's rules let a host be: no blanks, no control characters.
HOSTILE = """';touch${IFS}"$OWNED";'`touch${IFS}"$OWNED"`$(touch${IFS}"$OWNED")&\\"\\\\,*"""
SITE = site.site(
    site.pool("telework", 1, seat_host="%04d.desk.example"),
    site.pool("gis", 1, seats=[{"name": "gis-1", "host": HOSTILE}]),
    site.pool("visio", 1, protocol="url", seat_url="https://meet.example/%d"),
    site.group("dept01", ["telework", "gis", "visio"]),
)
DONE, MISSING, UNREACHABLE, LATER, DENIED = 0, 66, 69, 75, 77
# What each needs to ask for one pool.
IN_POOL = {
    "login-env.sh": lambda pool: [pool],
    "login-curl.sh": lambda pool: [pool],
    "login-retry.sh": lambda pool: ["1", "--pool", pool],
}
SESSIONS = ("login-env.sh", "login-curl.sh", "login-run.sh")
# xfreerdp as the scripts see it: notes what it was called with, and ends as it is told.
XFREERDP = """#!/bin/sh
printf '%s\\n' "$@" >"$RECORD"
[ -z "${SESSION_SECONDS:-}" ] || exec sleep "$SESSION_SECONDS"
exit "${SESSION_CODE:-0}"
"""


class LoginScripts(BrokerCase):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE)
        self.folder = Path(self.scratch(f"login-{os.getpid()}-{id(self)}"))
        self.folder.mkdir()
        self.folder.chmod(0o1777)
        for script in (*IN_POOL, "login-run.sh"):
            shutil.copy(EXAMPLES / script, self.folder)
        self.program("xfreerdp", XFREERDP)
        self.record = self.folder / "record"

    def program(self, name, text):
        """Puts a program before all others in the PATH of the scripts."""
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def start(self, script, *arguments, name=ONE[0], **env):
        """Starts a script as a user's session would, in a process group of its own."""
        who = world.user(name)
        self.record.unlink(missing_ok=True)
        process = subprocess.Popen(
            [self.folder / script, *arguments],
            user=who.uid, group=who.gid, extra_groups=who.groups, cwd="/", process_group=0,
            env={
                "PATH": f"{self.folder}:{world.folder()}/bin:/usr/bin:/bin",
                "BROKERD_SOCKET": str(self.broker.agent_socket),
                "RECORD": str(self.record), "OWNED": str(self.folder / "owned"), **env,
            },
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def finish(self, process, code):
        """Waits for its end; answers stdout and stderr."""
        stdout, stderr = process.communicate(timeout=30)
        self.assertEqual(process.returncode, code, stdout + stderr)
        return stdout, stderr

    def run_script(self, script, *arguments, code=DONE, **more):
        """Runs it to its end; answers stdout and stderr."""
        return self.finish(self.start(script, *arguments, **more), code)

    def called(self):
        """What xfreerdp was called with; nothing where it was not."""
        return self.record.read_text().splitlines() if self.record.exists() else None

    def ended(self):
        return [lease["end_reason"] for lease in self.broker.leases("state=ended")]

    def test_a_session(self):
        """A seat, the session on it, its exit code, and the seat back at once."""
        for script in SESSIONS:
            with self.subTest(script=script):
                self.run_script(script, code=4, SESSION_CODE="4")
                self.assertEqual(self.called()[0], "/v:0001.desk.example:3389")
                self.assertEqual(self.broker.leases(), [])
        self.assertEqual(self.ended(), ["released"] * len(SESSIONS))

    def test_arguments_stay_whole(self):
        hostile = ["/u:Jean Dupont", "/p:$(touch owned) `id` 'x\"", "*"]
        self.run_script("login-run.sh", *hostile)
        self.assertEqual(self.called()[-3:], hostile)

    def test_hostile_names(self):
        """Whatever a host is called, it is one word, and nothing of it is ever run."""
        for script in ("login-env.sh", "login-curl.sh"):
            with self.subTest(script=script):
                self.run_script(script, "gis")
                self.assertEqual(self.called()[0], f"/v:{HOSTILE}:3389")
        self.grant(self.broker, ONE[1], {"pool": "telework"})
        with self.subTest(script="login-run.sh"):
            self.run_script("login-run.sh")
            self.assertEqual(self.called()[0], f"/v:{HOSTILE}:3389")
        self.assertFalse((self.folder / "owned").exists())

    def test_refusals(self):
        """Each ends with the code of its kind, says why on stderr, and starts nothing."""
        self.grant(self.broker, ONE[1], {"pool": "telework"})
        for script, in_pool in IN_POOL.items():
            for name, pool, code, word in (
                (ONE[0], "telework", LATER, "ry again in"),
                (TWO[0], "telework", DENIED, ""),
                (ONE[0], "nowhere", MISSING, '"nowhere"'),
            ):
                with self.subTest(script=script, code=code):
                    stdout, stderr = self.run_script(script, *in_pool(pool), name=name, code=code)
                    self.assertEqual(stdout, "")
                    self.assertIn(word, stderr)
                    self.assertTrue(stderr)
                    self.assertIsNone(self.called())
        self.run_script("login-run.sh", name=TWO[0], code=DENIED)
        for number, pool in ((2, "gis"), (3, "visio")):
            self.grant(self.broker, ONE[number], {"pool": pool})
        self.run_script("login-run.sh", code=LATER)
        self.assertIsNone(self.called())

    def test_a_seat_of_another_kind(self):
        """A meeting's licence is no desktop: said so, given back, and nothing started."""
        for script in ("login-env.sh", "login-curl.sh"):
            with self.subTest(script=script):
                _, stderr = self.run_script(script, "visio", code=1)
                self.assertIn("url https://meet.example/1", stderr)
                self.assertIsNone(self.called())
                self.assertEqual(self.broker.leases(), [])

    def test_the_daemon_away(self):
        self.broker.stop()
        for script in (*SESSIONS, "login-retry.sh"):
            with self.subTest(script=script):
                stdout, stderr = self.run_script(script, code=UNREACHABLE)
                self.assertEqual(stdout, "")
                self.assertIn(str(self.broker.agent_socket), stderr)
                self.assertIsNone(self.called())

    def test_ended_from_outside(self):
        """A logout ends the whole group with SIGHUP or SIGTERM; the seat goes back all the same."""
        for script in SESSIONS:
            for number in (signal.SIGHUP, signal.SIGTERM):
                with self.subTest(script=script, signal=number):
                    process = self.start(script, SESSION_SECONDS="60")
                    self.eventually(self.called)
                    os.killpg(process.pid, number)
                    self.finish(process, 128 + number)
                    self.assertEqual(self.broker.leases(), [])

    def test_a_lease_held_before(self):
        """Another session may use it: it is not given back by those who can tell."""
        held = self.grant(self.broker, ONE[0])
        for script in ("login-curl.sh", "login-run.sh"):
            with self.subTest(script=script):
                self.run_script(script)
                self.assertEqual(self.called()[0], "/v:0001.desk.example:3389")
                self.assertEqual([each["id"] for each in self.broker.leases()], [held["id"]])

    def test_a_lease_of_the_environment_is_let_be(self):
        """Refused inside another session, login-env.sh must not give back that session's lease."""
        held = self.grant(self.broker, ONE[0], {"pool": "gis"})
        self.grant(self.broker, ONE[1], {"pool": "telework"})
        self.run_script("login-env.sh", "telework", code=LATER, BROKER_LEASE=held["id"])
        self.assertEqual(self.lease(self.broker, held)["state"], "active")

    # login-retry.sh

    def test_tries_again_when_told(self):
        """Refused, told when, asked then: a seat, with one try more than needed at the most."""
        self.grant(self.broker, ONE[1], {"pool": "telework", "ttl_seconds": 3})
        began = time.monotonic()
        options = ("20", "--pool", "telework", "-o", "name")
        stdout, stderr = self.run_script("login-retry.sh", *options)
        took = time.monotonic() - began
        self.assertEqual(stdout.strip(), self.broker.leases()[0]["id"])
        self.assertLessEqual(stderr.count("Try again in"), 2, stderr)
        self.assertGreater(took, 1.5)
        self.assertLess(took, 12)

    def test_waits_as_long_as_the_broker_says(self):
        """Every form of its hint, and no hint; 75 alone is tried again, and not for ever."""
        self.program("sleep", '#!/bin/sh\necho "$1" >>"$RECORD"\n')
        for hint, seconds in (
            ("Try again in 9s.", 9),
            ("Try again in 1m08s.", 68),
            ("Try again in 31m14s.", 1874),
            ("Try again in 1h.", 3600),
            ("Try again in 3h07m.", 11220),
            ("Try again in 1d4h.", 100800),
            ("The pool is full.", 5),
        ):
            with self.subTest(hint=hint):
                script = f"""#!/bin/sh
                    [ -e "$RECORD" ] && exit 77
                    echo "brokerctl: No." >&2; echo "{hint}" >&2; exit 75"""
                self.program("brokerctl", script)
                _, stderr = self.run_script("login-retry.sh", "1000000", code=DENIED)
                self.assertEqual(stderr, f"brokerctl: No.\n{hint}\n")
                (waited,) = self.called()
                self.assertGreaterEqual(int(waited), seconds)
                self.assertLessEqual(int(waited), seconds * 1.2)
                self.run_script("login-retry.sh", str(seconds - 1), code=LATER)
                self.assertIsNone(self.called(), "waited longer than it was told to")

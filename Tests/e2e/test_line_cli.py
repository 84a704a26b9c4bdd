"""Waiting with brokerctl: what a person sees, and what a script learns."""

import signal
import subprocess

from broker import site, world
from broker.line import LineCase
from broker.terminal import plain

ONE = world.agents_of(1)
LATER, EXPIRED = 75, 124


class CommandLine(LineCase):
    text = site.site(site.pool("telework", 1), site.group("dept01", ["telework"]))

    def setUp(self):
        super().setUp()
        self.held = self.grant(self.broker, ONE[0])

    def start(self, *arguments, name=ONE[1]):
        """brokerctl in the background, as a script would."""
        who = world.user(name)
        process = subprocess.Popen(
            [world.program("brokerctl"), *arguments],
            user=who.uid, group=who.gid, extra_groups=who.groups, cwd="/",
            env={"PATH": "/usr/bin:/bin", "BROKERD_SOCKET": str(self.broker.agent_socket),
                 **self.clock.environment},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def finish(self, process, code):
        stdout, stderr = process.communicate(timeout=20)
        self.assertEqual(process.returncode, code, stdout + stderr)
        return stdout, stderr

    def at_a_terminal(self, *arguments):
        return self.terminal(
            self.broker, ONE[1], *arguments, socket=self.broker.agent_socket,
            env=self.clock.environment,
        )  # fmt: skip

    def test_a_script(self):
        process = self.start("lease", "request", "--wait", "60s", "-o", "name")
        self.place(ONE[1])
        self.release(self.broker, self.held)
        stdout, stderr = self.finish(process, 0)
        self.assertEqual(stdout.strip(), self.broker.leases()[0]["id"])
        lines = stderr.splitlines()
        self.assertRegex(lines[0], r"place 1 in line; a seat is expected at .*left to wait")
        self.assertRegex(lines[1], r"granted after \d+s in line")
        self.assertEqual(len(lines), 2, stderr)

    def test_exit_codes(self):
        _, stderr = self.finish(self.start("lease", "request", "--wait", "1s"), EXPIRED)
        self.assertIn("No seat came", stderr)
        self.finish(self.start("lease", "request"), LATER)
        self.finish(self.start("run", "--wait", "1s", "--", "true"), EXPIRED)
        process = self.start("lease", "request", "--wait", "60s")
        self.place(ONE[1])
        self.control.post("/v1/pools/telework/cordon", {"reason": "new image"})
        _, stderr = self.finish(process, LATER)
        self.assertIn("new image", stderr)
        self.finish(self.start("lease", "request", "--wait", "60s"), LATER)
        self.finish(self.start("lease", "request", "--wait", "13h"), 64)

    def test_at_a_terminal(self):
        """One line that counts down, and goes once there is a seat."""
        before = self.wait(ONE[2])
        at = self.at_a_terminal("lease", "request", "--wait", "60s")
        at.until("place 2 in line")
        before.close()
        shown = at.until("place 1 in line; a seat is expected at")
        self.assertNotIn("\n", shown, "it is drawn in place")
        at.until("57s left to wait")
        self.release(self.broker, self.held)
        code, text = at.finish()
        self.assertEqual(code, 0)
        self.assertRegex(plain(text), r"granted after \ds in line")
        self.assertIn(ONE[1], text)

    def test_interrupted(self):
        at = self.at_a_terminal("lease", "request", "--wait", "60s")
        at.until("place 1 in line")
        at.type("\x03")
        self.assertEqual(at.finish()[0], 128 + signal.SIGINT)
        self.eventually(
            lambda: not any(place["connected"] for place in self.queue()), 2, why="it left the line"
        )
        self.release(self.broker, self.held)
        self.assertEqual(self.broker.leases(), [])

    def test_the_daemon_is_killed_and_restarted_meanwhile(self):
        """The place is kept, and asked for again with the same key."""
        at = self.at_a_terminal("lease", "request", "--wait", "60s")
        at.until("place 1 in line")
        since = self.place(ONE[1])["since"]
        self.broker.kill()
        at.until("the broker is away")
        self.broker.start()
        self.control.close()
        self.assertEqual(self.place(ONE[1], connected=True)["since"], since)
        at.until("place 1 in line")
        self.broker.restart()
        self.control.close()
        self.assertEqual(self.place(ONE[1], connected=True)["since"], since)
        behind = self.wait(ONE[2])
        self.release(self.broker, self.held)
        self.assertEqual(at.finish()[0], 0)
        self.assertEqual(self.names(), [ONE[2]])
        behind.close()

    def test_run(self):
        process = self.start("run", "--wait", "60s", "--", "sh", "-c", "echo $BROKER_SEAT; exit 3")
        self.place(ONE[1])
        self.release(self.broker, self.held)
        stdout, stderr = self.finish(process, 3)
        self.assertEqual(stdout.strip(), self.held["seat"]["name"])
        self.assertIn("place 1 in line", stderr)

    def test_the_list_for_admins(self):
        for name in ONE[1:4]:
            self.wait(name)
        code, stdout, _ = self.brokerctl(self.broker, "olga", "queue")
        self.assertEqual(code, 0)
        rows = [line.split()[:2] for line in stdout.splitlines()[1:]]
        self.assertEqual(rows, [["1", ONE[1]], ["2", ONE[2]], ["3", ONE[3]]])
        code, stdout, _ = self.brokerctl(self.broker, "olga", "queue", "-o", "name")
        self.assertEqual(stdout.split(), ONE[1:4])
        code, _, _ = self.brokerctl(self.broker, "olga", "queue", "--group", "nobody")
        self.assertEqual(code, 66)
        code, stdout, _ = self.brokerctl(self.broker, "olga", "status")
        self.assertIn("3", next(line for line in stdout.splitlines() if "wait" in line.lower()))

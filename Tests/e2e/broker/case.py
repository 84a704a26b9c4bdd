"""What every test case has: a daemon of its own, helpers that read like the API's documentation."""

import datetime
import subprocess
import time
import unittest

from .daemon import Daemon
from .terminal import Terminal
from .world import folder, program, user


def measured(text):
    """Prints a figure in a form that can be searched for."""
    print(f"measured: {text}", flush=True)


def instant(text):
    """An RFC 3339 instant as seconds since 1970."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class BrokerCase(unittest.TestCase):
    """A test case whose daemons end with it."""

    # A test that runs longer hangs.
    seconds_max = 120
    # So much of a log says why, and no more scrolls by.
    maxDiff = 4000

    def setUp(self):
        self.daemons = []
        self.addCleanup(self._finish)

    def _finish(self):
        for daemon in self.daemons:
            daemon.finish()

    def daemon(self, site=None, start=True, **more):
        """A daemon, started unless told."""
        daemon = Daemon(site, **more)
        self.daemons.append(daemon)
        if start:
            daemon.start()
        return daemon

    # Checks

    def assert_status(self, answer, *statuses):
        """The answer has one of the statuses."""
        self.assertIn(answer.status, statuses, answer)
        return answer

    def assert_problem(self, answer, slug, status):
        """The answer is that problem, whole: type, title, status, Retry-After where it is due."""
        self.assertEqual((answer.status, answer.slug), (status, slug), answer)
        problem = answer.json
        self.assertEqual(problem["type"], f"/v1/problems/{slug}")
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["title"], problem)
        if status in (429, 503):
            self.assertGreaterEqual(int(answer.headers["retry-after"]), 1, answer.headers)
        return answer

    def assert_close(self, value, wanted, tolerance):
        """Two instants or durations, in seconds, are within the tolerance."""
        self.assertLessEqual(abs(value - wanted), tolerance, f"{value} is not about {wanted}")

    def eventually(self, condition, seconds=5.0, every=0.05, why="it did not come about"):
        """Waits until the condition gives something true, and gives that."""
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                self.fail(f"{why} within {seconds} s")
            time.sleep(every)

    # Verbs

    def grant(self, daemon, name, body=None, status=201, headers=None):
        """The lease that a user asks for on the agent socket."""
        with daemon.agent(name) as client:
            return self.assert_status(
                client.post("/v1/leases", body, headers=headers), status
            ).json

    def release(self, daemon, lease):
        """The holder gives a lease back."""
        with daemon.agent(lease["holder"]) as client:
            self.assert_status(client.delete(f"/v1/leases/{lease['id']}"), 204)

    def lease(self, daemon, lease):
        """A lease as it is now."""
        with daemon.control() as client:
            return self.assert_status(client.get(f"/v1/leases/{lease['id']}"), 200).json

    def pool(self, daemon, name):
        """A pool as it is now."""
        with daemon.control() as client:
            return self.assert_status(client.get(f"/v1/pools/{name}"), 200).json

    def assert_sums(self, daemon):
        """Every pool's seat counts add up to its size, and to what the leases say."""
        live = daemon.leases()
        for pool in daemon.listed("/v1/pools", "pools"):
            self.assertEqual(sum(pool["seats"].values()), pool["size"], pool)
            held = [lease for lease in live if lease["pool"] == pool["name"]]
            self.assertEqual(pool["seats"]["leased"], len(held), pool)
        names = [lease["seat"]["name"] for lease in live]
        self.assertEqual(len(names), len(set(names)), "a seat is leased twice")

    # The command line

    def brokerctl(self, daemon, name, *arguments, socket=None, stdin=None, env=None):
        """brokerctl's exit code, stdout and stderr, run by a user without a terminal."""
        who = user(name)
        environment = {"PATH": "/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8", **(env or {})}
        if socket is not False:
            environment["BROKERD_SOCKET"] = str(socket or daemon.control_socket)
        result = subprocess.run(
            [program("brokerctl"), *arguments],
            user=who.uid, group=who.gid, extra_groups=who.groups, env=environment, cwd="/",
            input=stdin, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        return result.returncode, result.stdout, result.stderr

    def terminal(self, daemon, name, *command, socket=None, env=None, **more):
        """A command that a user runs at a terminal; brokerctl with these arguments, or a path."""
        environment = {"BROKERD_SOCKET": str(socket or daemon.control_socket), **(env or {})}
        if not command[0].startswith("/"):
            command = (program("brokerctl"), *command)
        terminal = Terminal(list(command), name, env=environment, **more)
        self.addCleanup(terminal.close)
        return terminal

    def scratch(self, name, text=None):
        """A path in a folder where everybody may write; a file there, if given its text."""
        path = folder() / "tmp" / name
        if text is not None:
            path.write_text(text)
        return str(path)

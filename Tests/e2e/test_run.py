"""brokerctl run: a lease for as long as a command runs; killed, starved, revoked, restarted under."""

import os
import signal
import subprocess
import time

from broker import site, world
from broker.case import BrokerCase, instant, measured

ONE = world.agents_of(1)
SITE = site.site(site.pool("telework", 2), site.group("dept01", ["telework"]))
LOST, LATER = 79, 75
LOSS_NOTICED_SECONDS_MAX = 2.0
KILLED_AFTER_SECONDS = 5.0
# "Its short ttl": what a killed `run` leaves behind is gone after it.
TTL_SECONDS_MAX = 120


class Run(BrokerCase):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE)

    def start(self, *command, name=ONE[0], options=()):
        """Starts `brokerctl run` in the background, as a script would."""
        who = world.user(name)
        process = subprocess.Popen(
            [world.program("brokerctl"), "run", *options, "--", *command],
            user=who.uid, group=who.gid, extra_groups=who.groups, cwd="/",
            env={"PATH": "/usr/bin:/bin", "BROKERD_SOCKET": str(self.broker.agent_socket)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def finish(self, process, code, seconds=20):
        """Waits for its end; answers stdout and stderr."""
        stdout, stderr = process.communicate(timeout=seconds)
        self.assertEqual(process.returncode, code, stdout + stderr)
        return stdout, stderr

    def running(self, process):
        """The lease, once the command has said "on"."""
        self.assertEqual(process.stdout.readline(), "on\n")
        return self.broker.leases()[0]

    def test_environment_and_code(self):
        process = self.start("sh", "-c", "env | grep ^BROKER_; exit 7")
        stdout, _ = self.finish(process, 7)
        values = dict(line.split("=", 1) for line in stdout.splitlines())
        self.assertLessEqual(
            {"BROKER_LEASE", "BROKER_TOKEN", "BROKER_SEAT", "BROKER_HOST", "BROKER_PORT",
             "BROKER_PROTOCOL", "BROKER_EXPIRES"}, set(values))  # fmt: skip
        self.assertEqual(self.broker.leases(), [])
        with self.broker.control() as client:
            lease = client.get(f"/v1/leases/{values['BROKER_LEASE']}").json
        self.assertEqual(lease["end_reason"], "released")

    def test_no_shell(self):
        stdout, _ = self.finish(self.start("echo", "$HOME; id"), 0)
        self.assertEqual(stdout, "$HOME; id\n")

    def test_what_cannot_be_run(self):
        for command, code in (("/no/such/program", 127), ("/etc/passwd", 126)):
            with self.subTest(command=command):
                self.finish(self.start(command), code)
                self.assertEqual(self.broker.leases(), [])

    def test_a_signal_ends_the_command(self):
        self.finish(self.start("sh", "-c", "kill -TERM $$"), 128 + signal.SIGTERM)
        self.assertEqual(self.broker.leases(), [])

    def test_signals_are_passed_on(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(signal=number):
                script = "trap 'exit 9' TERM INT HUP; echo on; while :; do sleep 0.05; done"
                process = self.start("sh", "-c", script)
                self.running(process)
                process.send_signal(number)
                self.finish(process, 9)
                self.assertEqual(self.broker.leases(), [])

    def test_revoked_under(self):
        process = self.start("sh", "-c", "echo on; exec sleep 60")
        lease = self.running(process)
        with self.broker.control("oscar") as client:
            body = {"reason": "fire drill"}
            self.assert_status(client.post(f"/v1/leases/{lease['id']}/revoke", body), 200)
        began = time.monotonic()
        _, stderr = self.finish(process, LOST)
        took = time.monotonic() - began
        measured(f"run: revoked to stopped {took:.2f} s")
        self.assertLess(took, LOSS_NOTICED_SECONDS_MAX)
        self.assertIn("fire drill", stderr)

    def test_a_command_that_will_not_go(self):
        """SIGTERM, and SIGKILL five seconds later."""
        process = self.start("sh", "-c", "trap '' TERM; echo on; while :; do sleep 0.1; done")
        lease = self.running(process)
        with self.broker.control("oscar") as client:
            client.post(f"/v1/leases/{lease['id']}/revoke", {"reason": "test"})
        began = time.monotonic()
        self.finish(process, LOST)
        self.assert_close(time.monotonic() - began, KILLED_AFTER_SECONDS + 0.5, 1.5)

    def test_notice_before_the_end(self):
        process = self.start("sh", "-c", "echo on; exec sleep 60")
        lease = self.running(process)
        with self.broker.control("oscar") as client:
            body = {"reason": "maintenance", "grace_seconds": 3}
            client.post(f"/v1/leases/{lease['id']}/revoke", body)
        _, stderr = self.finish(process, LOST)
        self.assertIn("maintenance", stderr)

    def test_renewed_while_it_runs(self):
        process = self.start("sh", "-c", "echo on; exec sleep 60")
        lease = self.running(process)
        ttl = instant(lease["expires_at"]) - time.time()
        self.assertLess(ttl, TTL_SECONDS_MAX)
        self.eventually(
            lambda: self.lease(self.broker, lease)["expires_at"] > lease["expires_at"], ttl, 0.5
        )

    def test_killed(self):
        """Nothing is left behind: the command goes too, and the lease runs out soon."""
        process = self.start("sh", "-c", "echo on; echo $$; exec sleep 60")
        lease = self.running(process)
        child = int(process.stdout.readline())
        process.kill()
        process.wait()
        self.eventually(lambda: not os.path.exists(f"/proc/{child}"), 5)
        self.assertLess(instant(self.lease(self.broker, lease)["expires_at"]) - time.time(),
                        TTL_SECONDS_MAX)  # fmt: skip

    def test_starved(self):
        for name in ONE[1:3]:
            self.grant(self.broker, name)
        process = self.start("touch", "/tmp/never")
        self.finish(process, LATER)

    def test_restarted_under(self):
        process = self.start("sh", "-c", "echo on; sleep 4; exit 3")
        lease = self.running(process)
        self.broker.restart()
        self.broker.kill()
        time.sleep(0.5)
        self.broker.start()
        self.assertEqual(self.lease(self.broker, lease)["state"], "active")
        self.finish(process, 3)
        self.assertEqual(self.lease(self.broker, lease)["end_reason"], "released")

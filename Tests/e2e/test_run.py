"""brokerctl run: a lease for as long as a command runs; killed, starved, revoked, restarted under."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from broker import site, world
from broker.case import BrokerCase, instant, measured

ONE, TWO = world.agents_of(1), world.agents_of(2)
SITE = site.site(site.pool("telework", 2), site.group("dept01", ["telework"]))
MISSING, UNREACHABLE, LATER, DENIED, LOST = 66, 69, 75, 77, 79
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

    def test_nothing_is_left_of_another_lease(self):
        """Within a session of another kind of seat, none of its variables passes for ours."""
        script = f"BROKER_URL=stale BROKER_HOST=stale exec {world.program('brokerctl')} run -- env"
        inner, _ = self.finish(self.start("sh", "-c", script), 0)
        self.assertNotIn("stale", inner)
        self.assertIn("BROKER_URL=\n", inner)

    def test_no_shell(self):
        stdout, _ = self.finish(self.start("echo", "$HOME; id"), 0)
        self.assertEqual(stdout, "$HOME; id\n")

    def test_what_cannot_be_run(self):
        folder = Path(self.scratch(f"run-{time.monotonic_ns()}"))
        folder.mkdir()
        text = folder / "text"
        text.write_text("echo a shell ran it\n")  # no #!: execvp would hand it to a shell
        text.chmod(0o755)
        for command, code in (
            ("/no/such/program", 127), ("no-such-program", 127), ("", 127),
            ("/etc/passwd", 126), (str(folder), 126), (str(text), 126),
        ):  # fmt: skip
            with self.subTest(command=command):
                stdout, stderr = self.finish(self.start(command), code)
                self.assertEqual(stdout, "")
                self.assertIn(command, stderr)
                self.assertEqual(self.broker.leases(), [])

    def test_a_signal_ends_the_command(self):
        """128+n, as a shell has it, whichever signal it was."""
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGUSR1):
            with self.subTest(signal=number):
                self.finish(self.start("sh", "-c", f"kill -{int(number)} $$"), 128 + number)
                self.assertEqual(self.broker.leases(), [])

    def test_a_refused_start_runs_nothing(self):
        """Each kind of refusal has its code and its reason, and the command never starts."""
        self.grant(self.broker, ONE[1])
        self.grant(self.broker, ONE[2])
        mark = Path(self.scratch(f"started-{time.monotonic_ns()}"))
        for case, code, options in (
            ("full", LATER, {}),
            ("not entitled", DENIED, {"name": TWO[0]}),
            ("no such pool", MISSING, {"options": ["--pool", "nowhere"]}),
            ("no such group", MISSING, {"options": ["--group", "nobody"]}),
            ("no daemon", UNREACHABLE, {"options": ["--socket", "/no/such/socket"]}),
        ):
            with self.subTest(case=case):
                _, stderr = self.finish(self.start("touch", str(mark), **options), code)
                self.assertTrue(stderr)
                self.assertFalse(mark.exists())
        with self.broker.control() as client:
            client.post("/v1/pools/telework/cordon", {"reason": "new image"})
        _, stderr = self.finish(self.start("touch", str(mark)), LATER)
        self.assertIn("new image", stderr)
        self.assertFalse(mark.exists())

    def test_signals_are_passed_on(self):
        for number in (
            signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT,
            signal.SIGUSR1, signal.SIGUSR2, signal.SIGWINCH,
        ):  # fmt: skip
            with self.subTest(signal=number):
                names = "TERM INT HUP QUIT USR1 USR2 WINCH"
                script = f"trap 'exit 9' {names}; echo on; while :; do sleep 0.05; done"
                process = self.start("sh", "-c", script)
                self.running(process)
                process.send_signal(number)
                self.finish(process, 9)
                self.assertEqual(self.broker.leases(), [])

    def test_the_terminals_keys(self):
        """Ctrl-C reaches the command once, as it would without us; its code is what counts."""
        script = """n=0; trap 'n=$((n + 1))' INT; echo on; i=0
            while [ $i -lt 15 ]; do sleep 0.1; i=$((i + 1)); done; echo "got $n"; exit 5"""
        at = self.terminal(
            self.broker, ONE[0], "run", "--", "sh", "-c", script, socket=self.broker.agent_socket
        )
        at.until("on\r\n")
        at.type("\x03")
        code, text = at.finish()
        self.assertEqual(code, 5)
        self.assertIn("got 1", text)
        self.assertEqual(self.broker.leases(), [])

    def test_the_terminal_goes_away(self):
        """Of a hang-up the session's first process alone hears, so it tells the command."""
        mark = Path(self.scratch(f"hung-up-{time.monotonic_ns()}"))
        mark.touch()
        mark.chmod(0o666)
        script = f"trap 'echo hung up >{mark}; exit 9' HUP; echo on; while :; do sleep 0.05; done"
        at = self.terminal(
            self.broker, ONE[0], "run", "--", "sh", "-c", script, socket=self.broker.agent_socket
        )
        at.until("on\r\n")
        os.close(at.descriptor)
        at.descriptor = None
        self.assertEqual(at.wait(), 9)
        self.assertEqual(mark.read_text(), "hung up\n")
        self.assertEqual(self.broker.leases(), [])

    def test_interrupted_before_there_is_a_lease(self):
        """128+n, whether the answer is a refusal or none."""
        path = self.scratch(f"slow-{time.monotonic_ns()}.sock")
        body = b'{"type":"about:blank","title":"Full","status":503}'
        refusal = (
            b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        )
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            os.chmod(path, 0o666)
            listener.listen()
            listener.settimeout(10)
            for answer in (refusal, b""):
                with self.subTest(answer=answer):
                    process = self.start("true", options=["--socket", path])
                    client, _ = listener.accept()
                    with client:
                        client.recv(65536)
                        process.send_signal(signal.SIGINT)
                        time.sleep(0.3)
                        self.assertIsNone(process.poll(), "it waits for the answer")
                        client.sendall(answer)
                    self.finish(process, 128 + signal.SIGINT)

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
        process = self.start("sh", "-c", "echo on; exec sleep 60", options=["--ttl", "6s"])
        lease = self.running(process)
        ttl = instant(lease["expires_at"]) - time.time()
        self.assertLess(ttl, 6.1)
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

    def test_killed_and_run_out(self):
        """Killed with the shortest ttl: the command gets SIGTERM, the seat is free after the ttl."""
        process = self.start(
            "sh", "-c", "trap 'echo told; exit' TERM; echo on; while :; do sleep 0.05; done",
            options=["--ttl", "3s"],
        )  # fmt: skip
        lease = self.running(process)
        process.kill()
        self.assertEqual(process.stdout.readline(), "told\n")
        self.eventually(lambda: self.lease(self.broker, lease)["state"] == "ended", 5)
        self.assertEqual(self.lease(self.broker, lease)["end_reason"], "expired")
        self.assertEqual(self.broker.leases(), [])

    def test_the_daemon_away_for_too_long(self):
        """Away past the end of the lease: lost at that moment, the command stopped, and code 79."""
        script = "trap 'echo told; exit 0' TERM; echo on; while :; do sleep 0.05; done"
        process = self.start("sh", "-c", script, options=["--ttl", "4s"])
        self.running(process)
        self.broker.kill()
        began = time.monotonic()
        stdout, stderr = self.finish(process, LOST)
        took = time.monotonic() - began
        self.assertEqual(stdout, "told\n")
        self.assertIn("lost", stderr)
        self.assertIn("expired", stderr)
        self.assertGreater(took, 2)
        self.assertLess(took, 4 + LOSS_NOTICED_SECONDS_MAX)
        # Nothing of it comes back with the daemon.
        self.broker.start()
        self.eventually(lambda: not self.broker.leases(), 3)

    def test_the_daemon_stuck(self):
        """It is there and does not answer: the same as away."""
        process = self.start("sh", "-c", "echo on; exec sleep 60", options=["--ttl", "4s"])
        self.running(process)
        self.broker.signal(signal.SIGSTOP)
        self.addCleanup(self.broker.signal, signal.SIGCONT)
        began = time.monotonic()
        self.finish(process, LOST)
        self.assertLess(time.monotonic() - began, 4 + LOSS_NOTICED_SECONDS_MAX)

    def test_expired_under(self):
        """Stopped itself for longer than the ttl, as by a laptop's lid: noticed on waking up."""
        process = self.start("sh", "-c", "echo on; exec sleep 60", options=["--ttl", "3s"])
        lease = self.running(process)
        process.send_signal(signal.SIGSTOP)
        self.eventually(lambda: self.lease(self.broker, lease)["state"] == "ended", 6)
        process.send_signal(signal.SIGCONT)
        began = time.monotonic()
        self.finish(process, LOST)
        self.assertLess(time.monotonic() - began, LOSS_NOTICED_SECONDS_MAX)

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

"""`brokerctl check`: the daemon in each state, as a monitoring system sees it."""

import re
import time

from broker import site, world
from broker.case import BrokerCase
from broker.daemon import free_port
from broker.line import LineCase

# label=value[unit];[warn];[crit];[min];[max], as the guidelines for plugins have it.
FIGURE = re.compile(
    r"(?:'(?:[^'=]|'')+'|[^ '=]+)=-?\d+(?:\.\d+)?(?:s|B|%|c)?"
    r";(?:@?(?:~|-?[\d.]+)?:?(?:-?[\d.]+)?)?;(?:@?(?:~|-?[\d.]+)?:?(?:-?[\d.]+)?)?;\d*;\d*"
)
WORDS = {0: "OK", 1: "WARNING", 2: "CRITICAL", 3: "UNKNOWN"}


ONE_SEAT = site.site(
    site.pool("telework", 1), site.group("dept01", ["telework"], 5),
    site.group("dept02", ["telework"], 5),
)  # fmt: skip


class Checked:
    def check(self, code, *arguments, name="olga", begins=None, **more):
        """One check with its exit code; answers its lines."""
        got, stdout, stderr = self.brokerctl(self.broker, name, "check", *arguments, **more)
        self.assertEqual(got, code, f"{arguments}\n{stdout}\n{stderr}")
        lines = stdout.splitlines()
        self.assertEqual(stderr, "")
        self.assertTrue(lines and stdout.endswith("\n"), stdout)
        self.assertRegex(lines[0], rf"^[A-Z]+ {WORDS[code]} - ")
        if begins:
            self.assertTrue(lines[0].startswith(begins), stdout)
        # No more than one bar, and behind it figures alone.
        self.assertLessEqual(stdout.count("|"), 1, stdout)
        if "|" in lines[0]:
            for figure in lines[0].split(" | ", 1)[1].split(" "):
                self.assertRegex(figure, f"^{FIGURE.pattern}$")
        return lines


class Check(LineCase, Checked):
    text = ONE_SEAT

    def fill(self, count):
        return [self.grant(self.broker, world.agent(n)) for n in range(1, count + 1)]

    def test_all_is_well(self):
        for what, begins in {
            "seats": "SEATS OK - 0 of ", "quota": "QUOTA OK - ", "queue": "QUEUE OK - 0 requests",
            "store": "STORE OK - serving, revision ", "drain": "DRAIN OK - no pool",
            "all": "BROKERD OK - ",
        }.items():  # fmt: skip
            self.check(0, what, begins=begins)

    def test_whoever_may_reach_a_socket(self):
        """An observer, somebody without a role, an agent; and the monitoring listener."""
        for name in ("olga", "norbert", "root"):
            self.check(0, "all", name=name)
        self.check(0, "all", name=world.agent(9), socket=self.broker.agent_socket)
        url = f"http://127.0.0.1:{self.broker.port}"
        self.check(0, "all", "--url", url, name=world.agent(9), socket=False)
        self.check(0, "all", "--url", url + "/", name="kim", socket=False)

    def test_seats(self):
        self.fill(1)
        lines = self.check(2, "seats", begins="SEATS CRITICAL - telework: 1 of 1 leased")
        self.assertTrue(lines[0].endswith("| seats_telework=1;0.9;0.98;0;1"), lines)
        self.check(0, "seats", "-w", "1", "-c", "1")
        self.check(1, "seats", "-w", "0", "-c", "1")
        self.check(1, "seats", "--warning=@1", "--critical=5")
        self.check(2, "seats", "--pool", "telework", "-w", "~:0", "-c", "~:0")
        self.check(3, "seats", "--pool", "nowhere", begins="SEATS UNKNOWN - there is no pool")

    def test_quota(self):
        self.fill(1)
        lines = self.check(0, "quota")
        self.assertIn("quota_dept01=1;", lines[0])
        self.check(1, "quota", "--group", "dept01", "-w", "0")
        self.check(2, "quota", "--group", "dept01", "-w", "0", "-c", "0")
        self.check(3, "quota", "--group", "nobody")

    def test_queue(self):
        self.fill(1)
        self.wait(world.agent(2))
        time.sleep(1.2)
        self.check(0, "queue", begins="QUEUE OK - 1 request waits | waiting=1;50;500;0; oldest=")
        self.check(1, "queue", "-w", "0")
        self.check(2, "queue", "-w", "0", "-c", "0")
        self.check(1, "queue", "--oldest-warning", "0", begins="QUEUE WARNING - the first for ")
        self.check(1, "queue", "--group", "dept02", "-w", "0")
        self.check(0, "queue", "--group", "dept01", "-w", "0")

    def test_drain(self):
        self.fill(1)
        with self.broker.control("oscar") as client:
            body = {"reason": "x|y", "deadline_seconds": 3600}
            self.assert_status(client.post("/v1/pools/telework/drain", body), 200)
        self.check(0, "drain", begins="DRAIN OK - 1 being drained, 1 leases left")
        # A full pool that is drained is no alarm of its own.
        self.check(0, "seats")
        self.check(2, "drain", "-c", "@0")

    def test_store(self):
        lines = self.check(0, "store")
        self.assertRegex(lines[0], r"\| free=\d+B;\d+(\.\d+)?:;\d+(\.\d+)?:;0;\d+ writer_silence=")
        self.check(1, "store", "-w", "101%:", "-c", "0:")
        self.check(2, "store", "-c", "101%:")

    def test_the_daemon_is_away(self):
        """UNKNOWN, or CRITICAL where that is asked for; a socket that may not be opened, UNKNOWN."""
        self.check(3, "seats", name="kim", begins="SEATS UNKNOWN - ")
        self.broker.kill()
        self.check(3, "seats", begins="SEATS UNKNOWN - cannot reach the broker at ")
        self.check(2, "all", "--unreachable", "critical", begins="BROKERD CRITICAL - cannot reach")
        url = f"http://127.0.0.1:{free_port()}"
        self.check(3, "store", "--url", url, socket=False)
        self.check(2, "store", "--url", url, "--unreachable", "critical", socket=False)
        self.broker.start()
        self.check(0, "seats")

    def test_a_daemon_that_does_not_answer(self):
        import signal

        self.broker.signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            self.check(3, "all", "-t", "1", begins="BROKERD UNKNOWN - ")
            self.assertLess(time.monotonic() - began, 5)
        finally:
            self.broker.signal(signal.SIGCONT)

    def test_wrong_usage_is_unknown(self):
        """Exit code 3 and a line on stdout, where a monitoring system sees it."""
        for arguments in (
            ["seats", "-w", "x"], ["seats", "-w", "10:5"], ["seats", "--nothing"], ["nothing"],
            ["store", "--url", "ftp://x"], ["all", "-w", "1"], ["seats", "-t", "0"],
            ["queue", "--group", "dept01", "--oldest-warning", "1"],
            ["queue", "-w", "50%"], ["queue", "--oldest-critical", "90%"], ["drain", "-c", "50%"],
            ["seats", "-t", "9223372036854775807"], ["seats", "-t", "86401"],
        ):  # fmt: skip
            self.check(3, *arguments, begins="CHECK UNKNOWN - ")
        # Every other command has the code of its own.
        code, stdout, _ = self.brokerctl(self.broker, "olga", "status", "--nothing")
        self.assertEqual((code, stdout), (64, ""))

    def test_without_a_verb(self):
        """All is checked, with the options of `all`; help is no OK."""
        self.check(0, begins="BROKERD OK - ")
        self.check(0, "-t", "3", begins="BROKERD OK - ")
        for arguments in (["--help"], ["seats", "--help"], ["--version"]):
            code, stdout, _ = self.brokerctl(self.broker, "olga", "check", *arguments)
            self.assertEqual(code, 3, stdout)
        code, stdout, _ = self.brokerctl(self.broker, "olga", "help", "check")
        self.assertEqual(code, 0, stdout)
        self.broker.kill()
        self.check(2, "--unreachable", "critical", begins="BROKERD CRITICAL - cannot reach")
        self.broker.start()

    def test_the_monitoring_listener_has_no_texts_of_people(self):
        with self.broker.control("oscar") as client:
            body = {"reason": "for Mrs Martin"}
            self.assert_status(client.post("/v1/pools/telework/cordon", body), 200)
            pool = client.get("/v1/status").json["pools"][0]
            self.assertEqual(pool["reason"], "for Mrs Martin")
        with self.broker.monitoring() as client:
            status = self.assert_status(client.get("/v1/status"), 200)
            self.assertIsNone(status.json["pools"][0]["reason"])
            self.assertIsNone(status.json["pools"][0]["by"])
            self.assertIn("brokerd_history_state{", client.get("/metrics").body.decode())

    def test_the_language_of_the_machine_does_not_matter(self):
        plain = self.check(0, "all")[0]
        french = self.check(0, "all", env={"LANG": "fr_FR.UTF-8", "LC_ALL": "fr_FR.UTF-8"})[0]
        self.assertEqual(re.sub(r"\d+", "#", plain), re.sub(r"\d+", "#", french))


class Full(BrokerCase, Checked):
    def test_a_disk_that_is_full(self):
        """read-only is CRITICAL whatever the thresholds."""
        import os
        import subprocess

        path = world.folder() / "small-disk"
        path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(path)], check=True)
        self.addCleanup(lambda: subprocess.run(["umount", "--lazy", str(path)], check=False))
        state = path / "state"
        state.mkdir()
        owner = world.user("brokerd")
        os.chown(state, owner.uid, owner.gid)
        self.broker = self.daemon(site.department(), state=state)
        self.check(0, "store", "-w", "0:", "-c", "0:")
        with open(path / "filler", "wb", buffering=0) as filler:
            try:
                while filler.write(bytes(1 << 16)):
                    pass
            except OSError:
                pass
        with self.broker.agent(world.agent(1)) as client:
            for _ in range(2_000):
                answer = client.post("/v1/leases")
                if answer.status == 507:
                    break
                if answer.status in (200, 201):
                    client.delete(f"/v1/leases/{answer.json['id']}")
        self.assertEqual(answer.status, 507)
        lines = self.check(2, "store", "-w", "0:", "-c", "0:", begins="STORE CRITICAL - read-only")
        self.assertIn("the disk is full", lines[0])
        self.check(2, "all", begins="BROKERD CRITICAL - store: read-only")

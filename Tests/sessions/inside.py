"""Runs in a box of its own (Tests/systemd-box): who logs in has a seat, and for as long.

    inside.py PROGRAMS [NAME…]

PROGRAMS is the folder of brokerd and brokerctl; "PASSED FAILED SKIPPED" is written to `counts` there. NAME
picks the tests whose names contain it.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True

import house  # noqa: E402
from house import eventually, leases, run  # noqa: E402
from people import Ssh, Terminal, everybody_out, leader_of, sessions_of  # noqa: E402

RELEASED_SECONDS_MAX = 5.0
DENIED = 254  # what sshd says where PAM opens no session


class Sessions(unittest.TestCase):
    def setUp(self):
        house.pam()
        # Whatever a test leaves, and however it went.
        self.addCleanup(everybody_out)
        eventually(lambda: not leases(), 10, "leases are left of the test before")

    def assertReleased(self, why):
        began = time.monotonic()
        eventually(lambda: not leases(), RELEASED_SECONDS_MAX, f"the lease stays: {why}")
        house.measured(f"{why}: released after {time.monotonic() - began:.1f} s")
        # Ended by being given back, not by running out.
        self.assertEqual(house.last_end(), "released")

    def lease(self):
        (lease,) = leases()
        return lease

    def test_a_login_has_a_seat(self):
        ssh = Ssh("pierre").wait_on()
        lease = self.lease()
        self.assertEqual(lease["holder"], "pierre")
        # The user finds the seat by asking as usual.
        mine = Ssh("pierre", "brokerctl lease request -o name").finish()
        self.assertEqual((mine[0], mine[1].strip()), (0, lease["id"]), mine)
        # It is renewed for as long as they stay: three times over.
        time.sleep(house.TTL_SECONDS * 2.5)
        self.assertEqual(self.lease()["id"], lease["id"])
        ssh.end()
        self.assertReleased("logged out")

    def test_su(self):
        run("systemd-run", "--quiet", "--unit=su", "su", "-l", "pierre", "-c", "sleep 1000")
        eventually(leases, 10, "no lease")
        run("systemctl", "stop", "su")
        self.assertReleased("su ended")

    def test_root_needs_none(self):
        house.fill("amelie")
        run("systemd-run", "--quiet", "--wait", "--collect", "su", "-l", "root", "-c", "true")

    def test_the_leader_is_killed(self):
        for left_behind in (False, True):
            # What a user leaves running keeps logind's session, and not the seat.
            nohup = "setsid nohup sleep 1000 >/dev/null 2>&1 & " if left_behind else ""
            ssh = Ssh("pierre", f"{nohup}echo on; exec sleep 1000").wait_on()
            self.lease()
            (session,) = sessions_of("pierre")
            os.kill(leader_of(session), signal.SIGKILL)
            self.assertReleased(f"leader killed{', a process left behind' * left_behind}")
            # The rest of sshd is there still, and the user with it; they have no seat.
            self.assertIsNone(ssh.process.poll())
            everybody_out()
            ssh.finish()

    def test_logind_ends_the_session(self):
        ssh = Ssh("pierre").wait_on()
        run("loginctl", "terminate-session", *sessions_of("pierre"))
        self.assertReleased("session terminated")
        ssh.finish()

    def test_sessions_of_a_user_share(self):
        first, second = Ssh("pierre").wait_on(), Ssh("pierre").wait_on()
        lease = self.lease()
        first.end()
        time.sleep(house.TTL_SECONDS * 1.5)
        self.assertEqual(self.lease()["id"], lease["id"])
        second.end()
        self.assertReleased("the last of two logged out")

    def test_all_at_once(self):
        logins = [Ssh("pierre") for _ in range(6)] + [Ssh("amelie") for _ in range(2)]
        for ssh in logins:
            ssh.wait_on()
        self.assertEqual({lease["holder"] for lease in leases()}, {"pierre", "amelie"})
        self.assertEqual(len(leases()), 2)
        for ssh in logins:
            ssh.end()
        self.assertReleased("eight logged out")

    def test_out_and_in(self):
        """A login that comes while the seat of the session before is being given back."""
        for _ in range(5):
            Ssh("pierre", "true").finish()
            ssh = Ssh("pierre").wait_on()
            time.sleep(0.5)
            self.assertEqual(self.lease()["holder"], "pierre")
            ssh.end()
        self.assertReleased("the last one logged out")

    def test_full_and_required(self):
        house.fill("amelie")
        code, stdout, stderr = Ssh("pierre", "echo in").finish()
        self.assertEqual(code, DENIED)
        self.assertIn("There is no seat for you now.", stdout + stderr)
        self.assertIn("pool-exhausted", stdout + stderr)
        self.assertNotIn("in\n", stdout)

    def test_the_user_does_not_write_our_environment(self):
        """Debian's sshd lets users write PAM's environment: from our line on, to the close."""
        mine = Path("/home/pierre/.pam_environment")
        mine.write_text("BROKERD_SOCKET=/tmp/mine.sock\nLD_PRELOAD=/tmp/mine.so\n")
        self.addCleanup(mine.unlink)
        # Every call of the recipe's program leaves its environment.
        program, real, seen = house.RECIPE, house.RECIPE.with_name("real"), Path("/run/seen")
        program.rename(real)
        self.addCleanup(real.rename, program)
        program.write_text(f'#!/bin/sh\nenv >>{seen}\nexec {real} "$@"\n')
        program.chmod(0o755)
        ssh = Ssh("pierre", "echo $BROKERD_SOCKET; echo on; exec sleep 1000")
        self.assertEqual(ssh.process.stdout.readline(), "/tmp/mine.sock\n")
        ssh.wait_on()
        self.assertEqual(self.lease()["holder"], "pierre")
        ssh.end()
        self.assertReleased("logged out, with an environment of their own")
        everybody_out()
        self.assertIn("PAM_TYPE=open_session", seen.read_text())
        self.assertNotIn("mine", seen.read_text())

    def test_full_in_french(self):
        """By the machine's locale."""
        locale = Path("/etc/default/locale")
        locale.write_text("LANG=fr_FR.UTF-8\n")
        self.addCleanup(locale.write_text, "LANG=C.UTF-8\n")
        house.fill("amelie")
        code, stdout, stderr = Ssh("pierre", "echo in").finish()
        self.assertEqual(code, DENIED)
        self.assertIn("Il n'y a pas de poste pour vous.", stdout + stderr)

    def test_full_and_optional(self):
        house.pam("optional")
        house.fill("amelie")
        code, stdout, stderr = Ssh("pierre", "echo in").finish()
        self.assertEqual((code, stdout.splitlines()[-1]), (0, "in"), stderr)
        terminal = Terminal("pierre")
        self.addCleanup(terminal.close)
        terminal.sees("There is no seat for you now.")
        terminal.sees("$ ")

    def test_not_entitled(self):
        code, stdout, stderr = Ssh("kim", "echo in").finish()
        self.assertEqual(code, DENIED, stdout + stderr)
        self.assertIn("not-entitled", stdout + stderr)

    def test_let_through(self):
        """People of a group for whom PAM leaves our line out."""
        run("groupadd", "--force", "without-seat")
        run("usermod", "-aG", "without-seat", "kim")
        stack = Path("/etc/pam.d/sshd")
        rule = "[success=1 default=ignore] pam_succeed_if.so quiet user ingroup without-seat"
        rule = f"session {rule}"
        lines = stack.read_text().splitlines()
        at = next(i for i, line in enumerate(lines) if "session-lease" in line)
        stack.write_text("\n".join([*lines[:at], rule, *lines[at:]]) + "\n")
        try:
            code, stdout, stderr = Ssh("kim", "echo in").finish()
            self.assertEqual((code, stdout), (0, "in\n"), stderr)
            Ssh("pierre").wait_on()
            self.assertEqual(self.lease()["holder"], "pierre")
        finally:
            stack.write_text(stack.read_text().replace(rule + "\n", ""))

    def test_waiting(self):
        house.pam(options="--wait 30s")
        release = house.fill("amelie")
        ssh = Ssh("pierre")
        eventually(lambda: house.status()["queue"]["waiting"] == 1, 10, "nobody waits")
        release()
        ssh.wait_on()
        house.clear()
        self.assertEqual(self.lease()["holder"], "pierre")
        ssh.end()
        self.assertReleased("logged out after waiting")

    def test_no_broker(self):
        run("systemctl", "stop", "brokerd.service", *house.SOCKETS)
        try:
            code, stdout, stderr = Ssh("pierre", "echo in").finish()
        finally:
            run("systemctl", "start", *house.SOCKETS)
        self.assertEqual(code, DENIED)
        self.assertIn("There is no seat for you now.", stdout + stderr)

    def test_the_broker_restarts(self):
        ssh = Ssh("pierre").wait_on()
        lease = self.lease()
        for _ in range(3):
            run("systemctl", "restart", "brokerd.service")
        time.sleep(house.TTL_SECONDS * 1.5)
        self.assertEqual(self.lease()["id"], lease["id"])
        ssh.end()
        self.assertReleased("logged out after restarts")

    def test_the_holder_is_killed(self):
        """What keeps the lease is started again and has the same lease."""
        ssh = Ssh("pierre").wait_on()
        lease = self.lease()
        unit = f"brokerd-lease@{house.uid('pierre')}.service"
        pid = run("systemctl", "show", "-p", "MainPID", "--value", unit).strip()
        os.kill(int(pid), signal.SIGKILL)
        time.sleep(house.TTL_SECONDS * 1.5)
        self.assertEqual(self.lease()["id"], lease["id"])
        self.assertIsNone(ssh.process.poll())
        ssh.end()
        self.assertReleased("logged out after the holder was killed")

    def test_loss_is_told(self):
        terminal = Terminal("pierre")
        self.addCleanup(terminal.close)
        terminal.sees("$ ")
        revoke = ["brokerctl", "lease", "revoke", self.lease()["id"], "--reason", "audit", "--yes"]
        run(*revoke, "--grace", "6s")
        terminal.sees("Your seat ends in 1 min (revoked).")
        terminal.sees("You have no seat any more.", 20)
        terminal.type("echo still he''re\n")
        terminal.sees("still here")

    def test_loss_ends_the_session(self):
        house.pam(options="--on-loss end")
        ssh = Ssh("pierre").wait_on()
        run("brokerctl", "lease", "revoke", self.lease()["id"], "--reason", "audit", "--yes")
        began = time.monotonic()
        self.assertNotEqual(ssh.finish()[0], 0)
        house.measured(f"revoked to session ended: {time.monotonic() - began:.1f} s")
        eventually(lambda: not sessions_of("pierre"))

    def test_login(self):
        terminal = Terminal("pierre")
        terminal.sees("$ ")
        self.assertEqual(self.lease()["holder"], "pierre")
        terminal.close()
        self.assertReleased("terminal hung up")

    def test_without_a_session(self):
        """The line stands where logind has made no session yet: refused, not let in without."""
        house.pam()
        stack = Path("/etc/pam.d/sshd")
        lines = stack.read_text().splitlines()
        line = next(line for line in lines if "session-lease" in line)
        first = next(i for i, one in enumerate(lines) if one.startswith(("session", "@include")))
        lines.remove(line)
        stack.write_text("\n".join([*lines[:first], line, *lines[first:]]) + "\n")
        code, stdout, stderr = Ssh("pierre", "echo in").finish()
        self.assertEqual(code, DENIED, stdout + stderr)
        self.assertIn("pam_systemd", stdout + stderr)
        self.assertEqual(leases(), [])

    def test_a_wrong_line(self):
        house.pam(options="--poool telework")
        code, stdout, stderr = Ssh("pierre", "echo in").finish()
        self.assertEqual(code, DENIED)
        self.assertIn("does not know the option --poool", stdout + stderr)


class UserUnits(unittest.TestCase):
    """`brokerctl run` in a unit of the user's own manager."""

    def setUp(self):
        house.pam(None)
        eventually(lambda: not leases(), 10, "leases are left of the test before")
        self.addCleanup(everybody_out)

    def start_seat(self):
        """A manager that the test before has killed takes a moment to come back."""
        subprocess.run(["systemctl", "reset-failed"], check=False)
        start = "systemctl --user start brokerd-seat"
        eventually(lambda: Ssh("pierre", start).finish()[0] == 0, 20, "the unit does not start")

    def test_started_and_stopped(self):
        self.start_seat()
        ssh = Ssh("pierre").wait_on()
        # Started means that the lease is there, and which seat it is stands in the status.
        (lease,) = leases()
        told = Ssh("pierre", "systemctl --user status brokerd-seat").finish()
        self.assertIn(f"seat {lease['seat']['name']}", told[1], told)
        self.assertEqual(Ssh("pierre", "systemctl --user stop brokerd-seat").finish()[0], 0)
        self.assertEqual((leases(), house.last_end()), ([], "released"))
        result = Ssh("pierre", "systemctl --user show brokerd-seat -p Result --value").finish()
        self.assertEqual(result[1].strip(), "success")
        ssh.end()

    def test_logged_out(self):
        """The manager goes with the last session, and the seat with the manager."""
        self.start_seat()
        self.assertEqual(len(leases()), 1)
        eventually(lambda: not leases(), 20, "the lease stays")
        self.assertEqual(house.last_end(), "released")


    def test_with_a_desktop(self):
        """The drop-in of SESSIONS.md, with a program in the place of the desktop's."""
        desktop = Path("/usr/local/bin/xfreerdp")
        desktop.write_text('#!/bin/sh\necho "$@" >/tmp/desktop\nexec sleep 1000\n')
        desktop.chmod(0o755)
        self.addCleanup(desktop.unlink)
        text = (house.DOCS / "SESSIONS.md").read_text()
        (drop_in,) = re.findall(r"```ini\n(.*?)```", text, re.DOTALL)
        folder = Path("/etc/systemd/user/brokerd-seat.service.d")
        folder.mkdir()
        self.addCleanup(shutil.rmtree, folder)
        (folder / "desktop.conf").write_text(drop_in)
        Ssh("pierre", "systemctl --user daemon-reload").finish()
        self.start_seat()
        (lease,) = leases()
        shown = Path("/tmp/desktop")
        eventually(lambda: shown.exists() and shown.read_text())
        self.assertEqual(shown.read_text(), f"/v:{lease['seat']['host']}:3389 /cert:tofu\n")
        self.assertEqual(Ssh("pierre", "systemctl --user stop brokerd-seat").finish()[0], 0)
        self.assertEqual((leases(), house.last_end()), ([], "released"))


class ThinClients(unittest.TestCase):
    """The lines of Docs/SESSIONS.md for machines that reach the broker's over ssh."""

    def setUp(self):
        house.pam(None)
        eventually(lambda: not leases(), 10, "leases are left of the test before")
        self.addCleanup(everybody_out)

    def test_a_file_and_back(self):
        code, text, _ = Ssh("pierre", "brokerctl lease request -o rdp").finish()
        self.assertEqual(code, 0)
        (lease,) = leases()
        self.assertIn(f"full address:s:{lease['seat']['host']}:3389\n", text)
        give_back = "brokerctl lease release $(brokerctl lease list -o name)"
        self.assertEqual(Ssh("pierre", give_back).finish()[0], 0)
        self.assertEqual((leases(), house.last_end()), ([], "released"))

    def test_held_by_the_connection(self):
        """`run` on the broker's machine for as long as the thin client is connected."""
        ssh = Ssh("pierre", "exec brokerctl run -- sh -c 'echo on; exec cat'", ["-tt"])
        line = ssh.process.stdout.readline().strip()
        self.assertEqual(line, "on")
        (lease,) = leases()
        self.assertEqual(lease["holder"], "pierre")
        ssh.end()
        eventually(lambda: not leases(), 5, "the lease stays")
        self.assertEqual(house.last_end(), "released")

    def thin_client(self, desktop):
        """The example's script, with a program in the place of the desktop's."""
        folder = Path("/tmp/thin-client")
        folder.mkdir(exist_ok=True)
        (folder / "xfreerdp").write_text(f"#!/bin/sh\necho desktop of $*\n{desktop}\n")
        (folder / "xfreerdp").chmod(0o755)
        Path("/root/.ssh/config").write_text(
            f"Host broker\nHostName 127.0.0.1\nPort {house.SSH_PORT}\nIdentityFile {house.KEY}\n"
            "StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\nLogLevel ERROR\n"
        )
        process = subprocess.Popen(
            [str(house.DOCS / "examples" / "thin-client.sh"), "pierre@broker", "/f"],
            env={"PATH": f"{folder}:/usr/bin:/bin", "HOME": "/root"}, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.addCleanup(process.communicate, timeout=20)
        self.assertRegex(process.stdout.readline(), r"^desktop of /v:127\.0\.0\.\d:3389 /f$")
        return process

    def test_the_script(self):
        process = self.thin_client("sleep 2")
        self.assertEqual(leases()[0]["holder"], "pierre")
        self.assertEqual(process.wait(20), 0)
        self.assertEqual((leases(), house.last_end()), ([], "released"))

    def test_the_script_is_killed(self):
        process = self.thin_client("exec sleep 1000")
        os.killpg(process.pid, signal.SIGKILL)
        eventually(lambda: not leases(), 5, "the lease stays")
        self.assertEqual(house.last_end(), "released")

    def test_the_script_loses_the_lease(self):
        process = self.thin_client("exec sleep 1000")
        run("brokerctl", "lease", "revoke", leases()[0]["id"], "--reason", "audit", "--yes")
        self.assertEqual(process.wait(20), 79)
        self.assertIn("revoked", process.stderr.read())

    @unittest.skipUnless(shutil.which("xfreerdp") and shutil.which("Xvfb"), "no xfreerdp here")
    def test_xfreerdp_opens_the_file(self):
        """The file that the broker makes takes it to the seat; what it says there is a request."""
        seat = socket.create_server(("", 3389))
        self.addCleanup(seat.close)
        seat.settimeout(20)
        file = Path("/tmp/seat.rdp")
        file.write_text(Ssh("pierre", "brokerctl lease request -o rdp").finish()[1])
        screen = subprocess.Popen(["Xvfb", ":77", "-nolisten", "tcp"], stderr=subprocess.DEVNULL)
        self.addCleanup(screen.wait)
        self.addCleanup(screen.terminate)
        eventually(lambda: Path("/tmp/.X11-unix/X77").exists())
        client = subprocess.Popen(
            ["xfreerdp", str(file), "/u:pierre", "/p:none", "/cert:tofu"],
            env={"DISPLAY": ":77", "HOME": "/root", "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self.addCleanup(client.wait)
        self.addCleanup(client.kill)
        stream, _ = seat.accept()
        with stream:
            stream.settimeout(10)
            request = stream.recv(64)
        # TPKT, and the connection request of X.224 with the user's name.
        self.assertEqual((request[:2], request[5]), (b"\x03\x00", 0xE0), request)
        self.assertIn(b"mstshash=pierre", request)
        run("brokerctl", "lease", "release", leases()[0]["id"])


def main(programs, *names):
    house.install(programs)
    suite = unittest.TestSuite()
    for case in (Sessions, UserUnits, ThinClients):
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
            if not names or any(name in test.id() for name in names):
                suite.addTest(test)
    result = unittest.TextTestRunner(verbosity=2).run(suite)
    bad, left_out = len(result.failures) + len(result.errors), len(result.skipped)
    Path(programs, "counts").write_text(f"{result.testsRun - bad - left_out} {bad} {left_out}\n")
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

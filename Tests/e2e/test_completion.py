"""Completion in real shells at a terminal, with the names that the daemon has at that moment."""

import os
import shutil
import signal
import statistics
import subprocess
import time
from pathlib import Path

from broker import site, world
from broker.case import BrokerCase, measured
from broker.terminal import plain

ONE = world.agents_of(1)
SITE = site.site(
    site.pool("telework", 1700, seat_name="vdi-%04d"),
    site.pool("gis", 2),
    site.group("dept01", ["telework"]),
    site.group("guests", ["gis"], members=["kim"]),
)
PROMPT = "ready> "
# A person takes the shell to be stuck after half a second.
AWAY_SECONDS_MAX = 0.5
# Sources the script, sets what readline would, and calls what it would call.
DRIVE = """
. "$1"; shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=$((${#COMP_LINE}))
COMPREPLY=()
complete -p brokerctl >/dev/null || exit 3
_brokerctl brokerctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
[ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' "${COMPREPLY[@]}"
"""
# What starts each shell bare, with nothing of the machine's own set-up.
SHELLS = {
    "bash": (["/bin/bash", "--norc", "--noprofile", "-i"], "PS1='ready''> '", ". {script}"),
    "zsh": (
        ["/bin/zsh", "-f", "-i"],
        "PS1='ready''> '; unsetopt zle_bracketed_paste prompt_cr prompt_sp",
        "fpath=({folder} $fpath); autoload -U compinit; compinit -u -D",
    ),
    "fish": (
        ["/usr/bin/fish", "--no-config", "-i"],
        "function fish_prompt; echo -n 'ready''> '; end",
        "source {script}",
    ),
}
FILES = {"bash": "brokerctl.bash", "zsh": "_brokerctl", "fish": "brokerctl.fish"}


class Completion(BrokerCase):
    def setUp(self):
        super().setUp()
        self.broker = self.daemon(SITE, seat_limit=1800)
        self.held = self.grant(self.broker, ONE[0])
        self.folder = Path(self.scratch(f"completion-{os.getpid()}-{id(self)}"))
        self.folder.mkdir()
        self.folder.chmod(0o755)
        for shell, name in FILES.items():
            code, script, _ = self.brokerctl(
                self.broker, "kim", "--generate-completion-script", shell
            )
            self.assertEqual(code, 0)
            (self.folder / name).write_text(script)

    def bash(self, *words, name="olga", socket=None):
        """What bash would offer for the last of the words, and the seconds that it took."""
        who = world.user(name)
        began = time.monotonic()
        result = subprocess.run(
            ["bash", "--norc", "-c", DRIVE, "bash", self.folder / FILES["bash"], *words],
            user=who.uid, group=who.gid, extra_groups=who.groups, cwd="/",
            env={
                "PATH": f"{world.folder()}/bin:/usr/bin:/bin",
                "BROKERD_SOCKET": str(socket or self.broker.control_socket),
            },
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
        self.assertEqual((result.returncode, result.stderr), (0, ""), words)
        return result.stdout.splitlines(), time.monotonic() - began

    def test_bash_knows_the_names(self):
        lease = self.held["id"]
        for words, wanted in {
            ("pool", "show", ""): ["telework", "gis"],
            ("pool", "drain", "te"): ["telework"],
            ("seat", "list", "--pool", "g"): ["gis"],
            ("lease", "request", "--group", ""): ["dept01", "guests"],
            ("group", "show", "gue"): ["guests"],
            ("lease", "revoke", ""): [lease],
            ("lease", "show", lease[:5]): [lease],
            ("run", "--pool", "tele"): ["telework"],
            ("explain", "--pool", "gi"): ["gis"],
            # The second page of the daemon's list, and what is only there.
            ("seat", "show", "vdi-169"): [f"vdi-{n}" for n in range(1690, 1700)],
            ("seat", "cordon", "gis-0001", "--reason", "x", "gis"): ["gis-0001", "gis-0002"],
            ("pool", "show", "nothing-such"): [],
            # What needs no daemon.
            ("lease", "list", "--state", "e"): ["ending", "ended"],
            ("lease", "request", "-o", "e"): ["env"],
            ("le",): ["lease"],
        }.items():
            with self.subTest(words=words):
                self.assertEqual(self.bash("brokerctl", *words)[0], wanted)

    def test_agents_complete_too(self):
        """What the agent socket tells: pools, groups, and the agent's own leases."""
        for words, wanted in {
            ("lease", "request", "--pool", ""): ["telework", "gis"],
            ("lease", "request", "--group", "d"): ["dept01"],
            ("lease", "release", ""): [self.held["id"]],
            ("seat", "show", ""): [],
        }.items():
            with self.subTest(words=words):
                offered, _ = self.bash(
                    "brokerctl", *words, name=ONE[0], socket=self.broker.agent_socket
                )
                self.assertEqual(offered, wanted)
        offered, _ = self.bash(
            "brokerctl", "lease", "release", "", name=ONE[1], socket=self.broker.agent_socket
        )
        self.assertEqual(offered, [], "another's lease")

    def test_the_socket_on_the_line_counts(self):
        socket = str(self.broker.control_socket)
        words = ("brokerctl", "pool", "show", "--socket", socket, "te")
        self.assertEqual(self.bash(*words, socket="/no/such/socket")[0], ["telework"])

    def test_silent_and_quick_without_a_daemon(self):
        words = ("brokerctl", "seat", "show", "")
        for case, socket in (("no socket", "/no/such/socket"), ("not serving", None)):
            self.broker.signal(signal.SIGSTOP)
            self.addCleanup(self.broker.signal, signal.SIGCONT)
            times = []
            for _ in range(3):
                offered, took = self.bash(*words, socket=socket)
                self.assertEqual(offered, [])
                times.append(took)
            measured(f"completion, {case}: {min(times) * 1000:.0f} ms")
            self.assertLess(min(times), AWAY_SECONDS_MAX)
            self.broker.signal(signal.SIGCONT)
        times = [self.bash(*words)[1] for _ in range(5)]
        measured(f"completion of 1,702 seats: {statistics.median(times) * 1000:.0f} ms")

    def test_keys_at_a_terminal(self):
        """Each shell at a terminal: half a name and the tab key make the whole name."""
        for shell in SHELLS:
            if not shutil.which(shell):
                self.fail(f"{shell} is not installed")
            with self.subTest(shell=shell):
                self.press_tab(shell)

    def press_tab(self, shell):
        command, prompt, load = SHELLS[shell]
        at = self.terminal(
            self.broker, "olga", *command, columns=200, env={"HOME": str(self.folder)}
        )
        at.type(prompt + "\r")
        at.until(PROMPT)
        script = self.folder / FILES[shell]
        at.type(load.format(script=script, folder=self.folder) + "\r")
        at.until(PROMPT)
        lease = self.held["id"]
        for typed, whole in (
            ("pool show tel", "telework"),
            ("lease request --group gue", "guests"),
            ("seat show gis-0", "gis-000"),
            (f"lease show {lease[:4]}", lease),
            ("sta", "status"),
        ):
            with self.subTest(shell=shell, typed=typed):
                # The tab key, then to the line's beginning: what came of it is echoed, not run.
                at.type(f"brokerctl {typed}\t\x01echo :\r")
                shown = plain(at.until(PROMPT, seconds=15))
                self.assertRegex(shown, rf"[\r\n]:brokerctl [a-z -]*{whole} *[\r\n]")


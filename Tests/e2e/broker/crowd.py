"""Thousands of agents at once: worker processes that each drive their share over epoll."""

import collections
import multiprocessing
import random
import selectors
import time

from .http import Decoder, connect, encode
from .world import user

WORKERS = 3
# No answer for so long: the daemon hangs.
SILENCE_SECONDS_MAX = 20.0

Said = collections.namedtuple("Said", "name verb sent_at answered_at status slug body")
Said.__doc__ = """One request and its answer; status None: sent, but the answer never came.

`verb` is "grant" or "release"; `body` the decoded answer, the lease's id for a release.
"""


class _Agent:
    """An agent's connection: one request at a time."""

    def __init__(self, name):
        self.name, self.decoder, self.stream = name, Decoder(), None
        self.verb, self.sent_at, self.about = None, None, None


class _Worker:
    """Drives a share of the agents: a grant each, then perhaps a release."""

    def __init__(self, path, names, body, release_share, answered, leaving, seed):
        self.path, self.names, self.body = path, names, body
        self.release_share, self.answered, self.leaving = release_share, answered, leaving
        # How long the daemon may be silent.
        wait = (body or {}).get("wait_seconds", 0)
        self.silence = wait + SILENCE_SECONDS_MAX
        self.random = random.Random(seed)
        self.selector = selectors.DefaultSelector()
        self.said = []

    def ask(self, agent, verb, about=None):
        agent.verb, agent.about, agent.sent_at = verb, about, time.monotonic()
        if verb == "grant":
            data = encode("POST", "/v1/leases", self.body)
        else:
            data = encode("DELETE", f"/v1/leases/{about}")
        agent.stream.sendall(data)

    def note(self, agent, answer):
        now = time.monotonic()
        if answer is None:
            self.said.append(Said(agent.name, agent.verb, agent.sent_at, now, None, None, agent.about))
            return
        body = agent.about if agent.verb == "release" else answer.json
        self.said.append(
            Said(agent.name, agent.verb, agent.sent_at, now, answer.status, answer.slug, body)
        )
        with self.answered.get_lock():
            self.answered.value += 1

    def leave(self, agent):
        self.selector.unregister(agent.stream)
        agent.stream.close()

    def readable(self, agent):
        try:
            data = agent.stream.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.note(agent, None)
            self.leave(agent)
            return
        agent.decoder.buffer += data
        answer = agent.decoder.next()
        if answer is None:
            return
        self.note(agent, answer)
        granted = agent.verb == "grant" and answer.status in (200, 201)
        if granted and self.random.random() < self.release_share:
            try:
                self.ask(agent, "release", answer.json["id"])
                return
            except OSError:
                self.note(agent, None)
        self.leave(agent)

    def run(self, gate, connect_first):
        agents = [_Agent(name) for name in self.names]
        if connect_first:
            for agent in agents:
                agent.stream = connect(self.path, user(agent.name))
        gate.wait()
        for index, agent in enumerate(agents):
            try:
                if agent.stream is None:
                    agent.stream = connect(self.path, user(agent.name))
                self.ask(agent, "grant")
            except OSError:
                # Never accepted, or gone already: nothing was asked, or nothing came back.
                agent.verb, agent.sent_at = "grant", agent.sent_at or time.monotonic()
                self.note(agent, None)
                continue
            self.selector.register(agent.stream, selectors.EVENT_READ, agent)
            if index % 32 == 31:
                self.turn(0)
        self.selector.register(self.leaving, selectors.EVENT_READ)
        heard = time.monotonic()
        while len(self.selector.get_map()) > 1:
            if self.turn(heard + self.silence - time.monotonic()):
                heard = time.monotonic()
            else:
                self.leave_all()
        return self.said

    def leave_all(self):
        for key in list(self.selector.get_map().values()):
            if key.data is not None:
                self.note(key.data, None)
                self.leave(key.data)

    def turn(self, timeout):
        events = self.selector.select(max(0.0, timeout))
        for key, _ in events:
            if key.data is not None:
                self.readable(key.data)
        if any(key.data is None for key, _ in events):
            self.leave_all()
        return bool(events)


def _main(pipe, gate, connect_first, arguments):
    try:
        pipe.send(_Worker(*arguments).run(gate, connect_first))
    except BaseException as error:  # the parent has to hear of everything
        pipe.send(error)
    finally:
        pipe.close()


class Crowd:
    """Agents who each ask for a lease over a connection of their own, and may give it back.

    With `wait_seconds` in the body they wait for it, until they have it or all hang up.
    """

    def __init__(self, daemon, names, body=None, release_share=0.0, connect_first=False, seed=0,
                 workers=WORKERS):  # fmt: skip
        fork = multiprocessing.get_context("fork")
        self.answered = fork.Value("i", 0)
        workers = min(workers, len(names))
        self.gate = fork.Barrier(workers + 1)
        self.parts = []
        leaving, self.leaving = fork.Pipe(duplex=False)
        for index in range(workers):
            here, there = fork.Pipe(duplex=False)
            share = names[index::workers]
            arguments = (str(daemon.agent_socket), share, body, release_share, self.answered,
                         leaving, f"{seed}/{index}")  # fmt: skip
            process = fork.Process(
                target=_main, args=(there, self.gate, connect_first, arguments), daemon=True
            )
            process.start()
            there.close()
            self.parts.append((process, here))

    def go(self):
        """Lets all begin."""
        self.gate.wait(60)
        return self

    def wait_for(self, answers, seconds=30.0):
        """Waits until so many answers have come in, or everybody is done."""
        deadline = time.monotonic() + seconds
        while self.answered.value < answers and time.monotonic() < deadline:
            if not any(process.is_alive() for process, _ in self.parts):
                return
            time.sleep(0.0005)

    def hang_up(self):
        """All who still wait for an answer close their connections."""
        self.leaving.send(None)

    def results(self):
        """All that was said, once everybody is done."""
        said = []
        for process, pipe in self.parts:
            part = pipe.recv()
            process.join()
            if isinstance(part, BaseException):
                raise part
            said += part
        return said

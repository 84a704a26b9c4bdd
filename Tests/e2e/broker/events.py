"""Server-sent events as they come in, one by one."""

import json
import time

from .http import Answer, Closed, encode

# A comment comes every few seconds: longer silence means that nobody is there.
SILENCE_SECONDS_MAX = 12.0


class Events:
    """The events that answer a request over a client's connection, until the other side ends it.

    `answer` is the head, or the whole answer where it is no stream of events.
    """

    def __init__(self, client, method, path, body=None, headers=None):
        self.client = client
        client.send(
            encode(method, path, body, {"Accept": "text/event-stream", **(headers or {})}), method
        )
        self.buffer, self.text = b"", b""
        self.left, self.is_chunked, self.is_over = None, False, False
        # Of the last event or mark, where the stream has ids.
        self.last_id = 0
        self.answer = self._head()

    def _head(self):
        while b"\r\n\r\n" not in self.buffer:
            self._receive(SILENCE_SECONDS_MAX)
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        self.is_chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        if not self.is_chunked:
            self.left = int(headers.get("content-length", "0"))
        answer = Answer(int(lines[0].split(" ")[1]), headers, b"")
        if not headers.get("content-type", "").startswith("text/event-stream"):
            while self._unwrap():
                self._receive(SILENCE_SECONDS_MAX)
            answer.body = self.text
        return answer

    def _receive(self, seconds):
        self.client.stream.settimeout(max(0.001, seconds))
        data = self.client.stream.recv(65536)
        if not data:
            self.client.close()
            raise Closed(f"closed after {self.buffer[-200:]!r}")
        self.buffer += data

    def _unwrap(self):
        """Takes what has come out of its chunks; False at the end of the body."""
        while not self.is_over:
            if self.left == 0 and not self.is_chunked:
                self.is_over = True
            elif self.left is None:
                size, line, rest = self.buffer.partition(b"\r\n")
                if not line:
                    break
                self.buffer, self.left = rest, int(size, 16)
                self.is_over = self.left == 0
            elif self.left > 0:
                part = self.buffer[: self.left]
                if not part:
                    break
                self.text += part
                self.buffer = self.buffer[len(part) :]
                self.left -= len(part)
            elif len(self.buffer) >= 2:
                self.buffer, self.left = self.buffer[2:], None
            else:
                break
        return not self.is_over

    def next(self, seconds=10.0):
        """The next event's name and data; None at the end of the stream."""
        deadline = time.monotonic() + seconds
        while True:
            is_open = self._unwrap()
            while b"\n\n" in self.text:
                block, _, self.text = self.text.partition(b"\n\n")
                fields = dict(
                    line.split(": ", 1) for line in block.decode().splitlines() if line[:1] != ":"
                )
                self.last_id = int(fields.get("id", self.last_id))
                if "event" in fields:
                    return fields["event"], json.loads(fields["data"])
            if not is_open:
                return None
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"no event within {seconds} s")
            self._receive(min(left, SILENCE_SECONDS_MAX))

    def until(self, name, seconds=10.0):
        """The data of the next event of that name; what comes before is dropped."""
        deadline = time.monotonic() + seconds
        while True:
            event = self.next(deadline - time.monotonic())
            if event is None:
                raise AssertionError(f"the stream ended without {name!r}")
            if event[0] == name:
                return event[1]

    def rest(self, seconds=10.0):
        """All events to the end of the stream."""
        deadline = time.monotonic() + seconds
        events = []
        while (event := self.next(deadline - time.monotonic())) is not None:
            events.append(event)
        return events

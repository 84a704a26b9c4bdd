"""HTTP/1.1 over a Unix socket, as any user; small enough to see every byte that goes out."""

import ctypes
import json
import os
import socket
import struct

_libc = ctypes.CDLL(None, use_errno=True)
# The system calls themselves change one thread's credentials; glibc's wrappers change all threads'.
# The numbers are those of the machine's architecture.
_SETGROUPS, _SETRESUID, _SETRESGID = {
    "x86_64": (116, 117, 119),
    "aarch64": (159, 147, 149),
}[os.uname().machine]
_KEEP = -1


def _syscall(number, *arguments):
    if _libc.syscall(ctypes.c_long(number), *arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _become(uid, gid, groups, leaving):
    array = (ctypes.c_uint32 * max(1, len(groups)))(*groups)
    steps = [
        lambda: _syscall(_SETGROUPS, ctypes.c_long(len(groups)), array),
        lambda: _syscall(_SETRESGID, ctypes.c_int(_KEEP), ctypes.c_int(gid), ctypes.c_int(_KEEP)),
    ]
    switch = lambda: _syscall(  # noqa: E731
        _SETRESUID, ctypes.c_int(_KEEP), ctypes.c_int(uid), ctypes.c_int(_KEEP)
    )
    # The uid goes last on the way out and first on the way back: it carries the right to the rest.
    for step in [switch, *steps] if leaving else [*steps, switch]:
        step()


def connect(path, user, timeout=10.0):
    """A stream socket to `path` whose peer credentials are `user`'s; None stays as we are."""
    stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # As everybody connects: waiting while the queue is full. Python's own timeout would fail then.
    limit = struct.pack("ll", int(timeout or 0), int((timeout or 0) % 1 * 1e6))
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
    try:
        if user is None or user.uid == 0:
            stream.connect(path)
        else:
            _become(user.uid, user.gid, user.groups, leaving=False)
            try:
                stream.connect(path)
            finally:
                _become(0, 0, [0], leaving=True)
        stream.settimeout(timeout)
    except BaseException:
        stream.close()
        raise
    return stream


class Closed(ConnectionError):
    """The other side closed the connection before its answer was whole."""


class Answer:
    """Status, headers by their lower-case names, body."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        """The body, decoded."""
        return json.loads(self.body)

    @property
    def slug(self):
        """The last part of a problem's type; None when this is no problem."""
        if not self.headers.get("content-type", "").startswith("application/problem+json"):
            return None
        return self.json["type"].rsplit("/", 1)[-1]

    @property
    def rules(self):
        """The slugs of a refusal's reasons, in their order."""
        return [reason["rule"] for reason in self.json.get("reasons", [])]

    def __repr__(self):
        return f"{self.status} {self.body[:800]!r}"


def encode(method, path, body=None, headers=None):
    """The bytes of a request; a dict or list becomes JSON, a string goes as it is."""
    lines = {"Host": "brokerd"}
    payload = b""
    if body is not None:
        if isinstance(body, (dict, list)):
            payload, kind = json.dumps(body).encode(), "application/json"
        else:
            payload = body if isinstance(body, bytes) else body.encode()
            is_site = path.startswith(("/v1/site", "/v1/replay"))
            kind = "application/toml" if is_site else "application/json"
        lines["Content-Type"] = kind
        lines["Content-Length"] = str(len(payload))
    elif method in ("POST", "PUT"):
        lines["Content-Length"] = "0"
    lines.update(headers or {})
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
    return head.encode() + b"\r\n" + payload


class Decoder:
    """Takes bytes as they come; answers are given out whole."""

    def __init__(self):
        self.buffer = bytearray()
        self.methods = []

    def expect(self, method):
        """Says what the next answer answers: one to HEAD has no body."""
        self.methods.append(method)

    def next(self):
        """The next answer, or None while it is not whole."""
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = self.buffer[:end].decode("latin-1").split("\r\n")
        status = int(lines[0].split(" ")[1])
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        start = end + 4
        bodiless = status in (204, 304) or (self.methods and self.methods[0] == "HEAD")
        if bodiless:
            body, stop = b"", start
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            chunked = self._chunks(start)
            if chunked is None:
                return None
            body, stop = chunked
        else:
            length = int(headers.get("content-length", "0"))
            if len(self.buffer) < start + length:
                return None
            body, stop = bytes(self.buffer[start : start + length]), start + length
        del self.buffer[:stop]
        if self.methods:
            self.methods.pop(0)
        return Answer(status, headers, body)

    def _chunks(self, at):
        body = b""
        while True:
            line_end = self.buffer.find(b"\r\n", at)
            if line_end < 0:
                return None
            size = int(bytes(self.buffer[at:line_end]).split(b";")[0], 16)
            at = line_end + 2
            if len(self.buffer) < at + size + 2:
                return None
            body += bytes(self.buffer[at : at + size])
            at += size + 2
            if size == 0:
                return body, at


class Client:
    """One connection at a time, kept alive and opened anew when the other side closed it."""

    def __init__(self, address, user=None, timeout=10.0):
        self.address, self.user, self.timeout = address, user, timeout
        self.stream, self.decoder = None, Decoder()

    def open(self):
        """Connects, if it is not connected."""
        if self.stream is None:
            if isinstance(self.address, tuple):
                self.stream = socket.create_connection(self.address, timeout=self.timeout)
            else:
                self.stream = connect(str(self.address), self.user, self.timeout)
            self.decoder = Decoder()
        return self

    def close(self):
        """Closes the connection; the next request opens another."""
        if self.stream is not None:
            self.stream.close()
            self.stream = None

    __enter__ = open

    def __exit__(self, *_):
        self.close()

    def send(self, data, method="GET"):
        """Sends bytes as they are."""
        self.open()
        self.decoder.expect(method)
        self.stream.sendall(data)

    def receive(self):
        """The next answer; Closed when there is none to come."""
        while (answer := self.decoder.next()) is None:
            data = self.stream.recv(262144)
            if not data:
                rest = bytes(self.decoder.buffer[:200])
                self.close()
                raise Closed(f"closed after {rest!r}")
            self.decoder.buffer += data
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def request(self, method, path, body=None, headers=None):
        """Asks once; again on a new connection where an idle one turns out to have been closed."""
        reused = self.stream is not None
        data = encode(method, path, body, headers)
        try:
            self.send(data, method)
            return self.receive()
        except (Closed, BrokenPipeError, ConnectionResetError):
            self.close()
            if not reused:
                raise
        self.send(data, method)
        return self.receive()

    def get(self, path, headers=None):
        """GET."""
        return self.request("GET", path, headers=headers)

    def post(self, path, body=None, headers=None):
        """POST."""
        return self.request("POST", path, body, headers)

    def put(self, path, body=None, headers=None):
        """PUT."""
        return self.request("PUT", path, body, headers)

    def delete(self, path, headers=None):
        """DELETE."""
        return self.request("DELETE", path, headers=headers)

"""Where Vigia is, the token that it asks for, and a connection to it."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ._version import __version__

_MAX_ANSWER_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024


class Token:
    """A bearer token, from the first place that has one: the argument, the file, the variable VIGIA_TOKEN.

    A file may change while the process runs: `renew` reads it again.
    """

    def __init__(self, token: str | None, path: str | os.PathLike[str] | None) -> None:
        self._path = path if token is None else None
        if token is None:
            token = self._read() if path is not None else os.environ.get("VIGIA_TOKEN") or None
        self._token = None if token is None else _checked(token)

    def __repr__(self) -> str:
        return "Token(…)"

    def headers(self) -> dict[str, str]:
        return {} if self._token is None else {"Authorization": f"Bearer {self._token}"}

    def renew(self) -> bool:
        """Whether the file has another token than before."""
        if self._path is None:
            return False
        before = self._token
        try:
            self._token = _checked(self._read())
        except (OSError, ValueError):
            return False
        return self._token != before

    def _read(self) -> str:
        assert self._path is not None
        with open(self._path, encoding="utf-8") as file:
            return next((line.strip() for line in file if line.strip()), "")


def _checked(token: str) -> str:
    token = token.strip()
    if token == "" or not all("!" <= character <= "~" for character in token):
        # without the token itself: this message may end in a log
        raise ValueError("the token of Vigia is empty, or has characters that a header cannot carry")
    return token


@dataclass(frozen=True)
class Address:
    """Where Vigia is, as its URL says."""

    host: str
    port: int
    is_encrypted: bool
    prefix: str

    @staticmethod
    def parse(url: str) -> Address:
        """Raises ValueError for anything but http(s)://host[:port][/path]."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the URL of Vigia must begin with http:// or https:// and name a host")
        if parts.username is not None or parts.password is not None:
            raise ValueError("the URL of Vigia must not hold a password: give the token as such")
        if parts.query or parts.fragment:
            raise ValueError("the URL of Vigia must not have a query or a fragment")
        is_encrypted = parts.scheme == "https"
        port = parts.port or (443 if is_encrypted else 80)
        return Address(parts.hostname, port, is_encrypted, parts.path.rstrip("/"))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.is_encrypted else 'http'}://{host}:{self.port}{self.prefix}"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    """As parsed from JSON; None where it is none."""
    retry_after_s: float | None
    location: str | None

    @property
    def detail(self) -> str:
        """What the answer says, for a log."""
        if 200 <= self.status < 300:
            return "what answers there is not Vigia"
        if 300 <= self.status < 400:
            return f"a redirect to {self.location}, which is not followed" if self.location else "a redirect"
        if isinstance(self.body, dict):
            said = self.body.get("detail") or self.body.get("title")
            if isinstance(said, str):
                return said[:500]
        return http.client.responses.get(self.status, "an unknown status")


class Unreachable(Exception):
    """No answer came; the message says why."""


class Connection:
    """One connection, kept alive between requests. Not for several threads at once, but for `abort`."""

    def __init__(self, address: Address, token: Token) -> None:
        self._address = address
        self._token = token
        self._http: http.client.HTTPConnection | None = None

    def post(self, path: str, body: bytes, headers: dict[str, str], timeout_s: float) -> Answer:
        """Sends lines of JSON. No redirect is followed. Raises Unreachable."""
        had_connection = self._http is not None
        try:
            try:
                return self._exchange(path, body, headers, timeout_s)
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                # the server may have closed an idle connection just then
                if not had_connection:
                    raise
                self.close()
                return self._exchange(path, body, headers, timeout_s)
        except Exception as error:
            self.close()
            raise Unreachable(_reason(error)) from error

    def _exchange(self, path: str, body: bytes, headers: dict[str, str], timeout_s: float) -> Answer:
        deadline = time.monotonic() + timeout_s
        connection = self._http
        if connection is None:
            connection = self._http = self._open(timeout_s)
        if connection.sock is not None:
            connection.sock.settimeout(timeout_s)
        try:
            connection.request(
                "POST",
                self._address.prefix + path,
                body,
                {
                    "Content-Type": "application/x-ndjson",
                    "Accept": "application/json, application/problem+json",
                    "User-Agent": f"vigia-python/{__version__}",
                    **self._token.headers(),
                    **headers,
                },
            )
        except (BrokenPipeError, ConnectionResetError):
            # a server may refuse a body before all of it was sent: its answer is there to be read
            if connection.sock is None:
                raise
        response = connection.getresponse()
        text = _read(response, deadline)
        if text is None or response.will_close:
            self.close()
        return Answer(
            response.status,
            _parse(text),
            _seconds(response.getheader("Retry-After")),
            response.getheader("Location"),
        )

    def _open(self, timeout_s: float) -> http.client.HTTPConnection:
        host, port = self._address.host, self._address.port
        if not self._address.is_encrypted:
            return http.client.HTTPConnection(host, port, timeout=timeout_s)
        return http.client.HTTPSConnection(host, port, timeout=timeout_s, context=ssl.create_default_context())

    def close(self) -> None:
        connection, self._http = self._http, None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.close()

    def abort(self) -> None:
        """Ends a request that another thread waits for."""
        sock = getattr(self._http, "sock", None)
        if sock is not None:
            with contextlib.suppress(OSError, ValueError):
                sock.shutdown(socket.SHUT_RDWR)

    def leave_to_parent(self) -> None:
        """After a fork: closes this process's handle alone. A lock inside may belong to a thread that is not here."""
        sock = getattr(self._http, "sock", None)
        if sock is not None:
            with contextlib.suppress(OSError, ValueError):
                os.close(sock.detach())

    def renew_token(self) -> bool:
        return self._token.renew()


def _read(response: http.client.HTTPResponse, deadline: float) -> bytes | None:
    """The body; None where it is too long. Raises TimeoutError where it takes too long."""
    chunks: list[bytes] = []
    length = 0
    while chunk := response.read1(_CHUNK_BYTES):
        length += len(chunk)
        if length > _MAX_ANSWER_BYTES:
            return None
        if time.monotonic() > deadline:
            raise TimeoutError
        chunks.append(chunk)
    if response.length:  # `read1` does not mind that an answer breaks off
        raise http.client.IncompleteRead(b"", response.length)
    response.read()  # nothing is left, but only this notices the end
    return b"".join(chunks)


def _parse(text: bytes | None) -> Any:
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return None


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.strip().isdecimal() else None


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)):
        return "it closes the connection without an answer"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate cannot be verified: {error.verify_message}"
    if isinstance(error, http.client.HTTPException):
        return f"what it answers is not HTTP ({type(error).__name__})"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__

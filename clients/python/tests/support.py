"""A small HTTP server that answers as a test wants it."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def rows(self) -> list[Any]:
        return [json.loads(line) for line in self.body.splitlines()]


@dataclass
class Reply:
    status: int = 202
    body: Any = None
    headers: dict[str, str] | None = None


Answer = Callable[[Request, int], "Reply | None"]


def accept_all(request: Request, number: int) -> Reply:
    return Reply(202, {"accepted": len(request.rows), "invalid": []})


class Server:
    """Keeps what it was sent. `answer` gets each request and its number, from 0; None closes the connection."""

    def __init__(self, answer: Answer = accept_all, context: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self._arrived = threading.Condition()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                request = Request(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                with server._arrived:
                    number = len(server.requests)
                    server.requests.append(request)
                    server._arrived.notify_all()
                reply = answer(request, number)
                if reply is None:
                    self.close_connection = True
                    return
                text = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
                self.send_response(reply.status)
                for name, value in (reply.headers or {}).items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                with contextlib.suppress(OSError):  # a client may have lost its patience
                    self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: Any, client_address: Any) -> None:
                pass

        self._http = Listener(("127.0.0.1", 0), Handler)
        if context is not None:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._http.server_port}"
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def wait_for_requests(self, count: int) -> None:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.requests) >= count, 10), f"no {count} requests came"

    @property
    def rows(self) -> list[Any]:
        return [row for request in self.requests for row in request.rows]

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


@contextlib.contextmanager
def raw_server(answer: bytes) -> Iterator[str]:
    """Sends these bytes to whoever has sent a row, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        while not connection.recv(65536).endswith(b"}"):
                            pass
                        connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within 10 s"
        time.sleep(0.005)


@contextlib.contextmanager
def log_lines() -> Iterator[list[str]]:
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.levelname} {record.getMessage()}")

    logger = logging.getLogger("vigia")
    handler = Keep()
    before, propagates = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield lines
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
        logger.propagate = propagates

from __future__ import annotations

import contextlib
import socket
import threading
import time
import unittest
from unittest import mock

from vigia import Watcher
from vigia.delivery import GaveUp, deliver
from vigia.server import Address, Connection, Token

from .support import Reply, Request, Server, accept_all, eventually, log_lines


class Patience:
    """Keeps how long it was asked to wait, and waits for nothing."""

    def __init__(self, attempts: int) -> None:
        self.pauses: list[float] = []
        self._attempts = attempts

    def timeout_s(self) -> float:
        return 10

    def pause(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return len(self.pauses) < self._attempts


class ADelivery(unittest.TestCase):
    def pauses(self, reply: Reply, attempts: int) -> list[float]:
        patience = Patience(attempts)
        with Server(lambda request, number: reply) as server:
            connection = Connection(Address.parse(server.url), Token(None, None))
            with contextlib.closing(connection), self.assertRaisesRegex(GaveUp, "answers with 503") as caught:
                deliver(connection, "/observations", [b"{}"], patience)
            self.assertEqual((caught.exception.status, len(server.requests)), (503, attempts))
        return patience.pauses

    def test_waits_longer_from_time_to_time_but_not_for_ever(self) -> None:
        with mock.patch("random.uniform", lambda low, high: high):
            pauses = self.pauses(Reply(503), 10)
        self.assertEqual(pauses, [0.25, 0.5, 1, 2, 4, 8, 16, 30, 30, 30])

    def test_waits_as_long_as_it_is_told_within_reason(self) -> None:
        for header, pause in (("7", 7), ("99999", 60), ("0", 0.25), ("tomorrow", 0.25), ("-1", 0.25)):
            with mock.patch("random.uniform", lambda low, high: high):
                self.assertEqual(self.pauses(Reply(503, None, {"retry-after": header}), 1), [pause])

    def test_of_an_answer_that_drips_is_given_up(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener, log_lines() as lines:
            done = threading.Event()

            def drip() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = listener.accept()
                        with connection, contextlib.suppress(OSError):
                            connection.recv(65536)
                            connection.sendall(b"HTTP/1.1 202 Accepted\r\ncontent-length: 100000\r\n\r\n")
                            while not done.is_set():
                                connection.sendall(b" ")
                                time.sleep(0.01)

            threading.Thread(target=drip, daemon=True).start()
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            watcher = Watcher(url, timeout=0.2, flush_interval=0.01, close_timeout=0.1)
            watcher.observe({}, score=0.5)
            eventually(lambda: lines != [], "it is said")
            self.assertIn("it does not answer in time", lines[0])
            done.set()
            watcher.close()
            self.assertEqual(watcher.dropped, 1)


class Limits(unittest.TestCase):
    def test_of_bytes_hold_for_a_batch(self) -> None:
        rows = [{"text": "x" * 20_000, "p": 0.5} for _ in range(500)]
        with Server() as server, Watcher(server.url) as watcher:
            watcher.observe_frame(rows, score="p")
            for row in rows:
                watcher.observe({"text": row["text"]}, score=0.5)
            self.assertTrue(watcher.flush(20))
            self.assertEqual((watcher.sent, len(server.rows)), (1000, 1000))
            self.assertLessEqual(max(len(request.body) for request in server.requests), 4 * 1024 * 1024)
            self.assertGreaterEqual(len(server.requests), 6)

    def test_of_bytes_hold_for_what_waits(self) -> None:
        let_go = threading.Event()

        def answer(request: Request, number: int) -> Reply | None:
            let_go.wait(10)
            return accept_all(request, number)

        text = "x" * 200_000
        with Server(answer) as server, Watcher(server.url, batch_size=1, close_timeout=10) as watcher:
            for _ in range(200):
                watcher.observe({"text": text}, score=0.5)
            waiting = 200 - watcher.dropped
            self.assertTrue(150 < waiting < 175, waiting)
            let_go.set()
            self.assertTrue(watcher.flush(20))
            self.assertEqual(watcher.sent, waiting)

from __future__ import annotations

import gc
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

from vigia import Watcher

from .support import Reply, Request, Server, accept_all, closed_port, eventually, log_lines, raw_server


class Holding:
    """Answers nothing until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def __call__(self, request: Request, number: int) -> Reply:
        self.let_go.wait(10)
        return accept_all(request, number)


class Observing(unittest.TestCase):
    def test_sends_what_was_observed_in_batches_of_lines(self) -> None:
        with Server() as server, Watcher(server.url + "/vigia/", model="churn 1/2", batch_size=2) as watcher:
            watcher.observe({"age": 30}, score=0.25, prediction="good", key="a")
            watcher.observe({"age": 31}, score=0.5)
            watcher.observe({"age": 32}, score=0.75, time="2026-01-02T00:00:00Z")
            self.assertTrue(watcher.flush(10))
            self.assertEqual([len(request.rows) for request in server.requests], [2, 1])
            first = server.requests[0]
            self.assertEqual(first.path, "/vigia/models/churn%201%2F2/observations?ids=false")
            self.assertEqual(first.headers["content-type"], "application/x-ndjson")
            self.assertNotIn("authorization", first.headers)
            self.assertEqual([row["features"]["age"] for row in server.rows], [30, 31, 32])
            self.assertEqual([row["score"] for row in server.rows], [0.25, 0.5, 0.75])
            self.assertEqual((server.rows[0]["prediction"], server.rows[0]["key"]), ("good", "a"))
            self.assertRegex(server.rows[0]["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
            self.assertEqual(server.rows[2]["time"], "2026-01-02T00:00:00Z")
            self.assertEqual((watcher.sent, watcher.refused, watcher.dropped), (3, 0, 0))

    def test_sends_what_waits_when_the_interval_is_over(self) -> None:
        with Server() as server, Watcher(server.url, flush_interval=0.01) as watcher:
            watcher.observe({}, score=0.5)
            server.wait_for_requests(1)
            self.assertEqual(server.requests[0].path, "/observations?ids=false")

    def test_keeps_the_features_as_they_were(self) -> None:
        with Server() as server, Watcher(server.url) as watcher:
            features = {"age": 30}
            watcher.observe(features, score=0.5)
            features["age"] = 31
            watcher.flush(10)
            self.assertEqual(server.rows[0]["features"], {"age": 30})

    def test_returns_while_vigia_answers_nothing_and_drops_and_counts_what_is_too_much(self) -> None:
        hold = Holding()
        with Server(hold) as server, log_lines() as lines:
            watcher = Watcher(server.url, queue_size=10, batch_size=1, timeout=10)
            watcher.observe({}, score=0.5)
            server.wait_for_requests(1)
            for _ in range(15):
                watcher.observe({}, score=0.5)
            self.assertEqual((watcher.sent, watcher.dropped), (0, 5))
            self.assertEqual(len(lines), 1)
            self.assertRegex(lines[0], "^WARNING More than 10 observations wait for Vigia")
            hold.let_go.set()
            watcher.close()
            self.assertEqual((watcher.sent, watcher.dropped), (11, 5))

    def test_says_what_there_was_no_room_for(self) -> None:
        hold = Holding()
        few = mock.patch("vigia.sender.MAX_QUEUE_BYTES", 200)
        with few, log_lines() as lines, Server(hold) as server, Watcher(server.url, batch_size=1) as watcher:
            for _ in range(20):
                watcher.observe({}, score=0.5)
            hold.let_go.set()
            watcher.flush(10)
            self.assertGreater(watcher.dropped, 10)
        full = [line for line in lines if line.startswith("WARNING")]
        self.assertEqual(
            full, ["WARNING More than 200 bytes of observations wait for Vigia: what comes now is dropped, and counted"]
        )

    def test_says_that_no_thread_can_be_started(self) -> None:
        refuse = mock.patch("threading.Thread.start", side_effect=RuntimeError("can't start new thread"))
        with Server() as server, log_lines() as lines, Watcher(server.url) as watcher:
            with refuse:
                watcher.observe({}, score=0.5)
                watcher.observe({}, score=0.5)
            self.assertEqual(watcher.dropped, 2)
            self.assertEqual(
                lines,
                ["WARNING No thread can be started to send observations: what comes now is dropped, and counted"],
            )
            watcher.observe({}, score=0.5)
            watcher.flush(10)
            self.assertEqual(
                (watcher.sent, lines[1:]), (1, ["INFO Observations are taken again; 2 were dropped so far"])
            )

    def test_says_that_some_were_invalid_where_vigia_no_longer_knows_why(self) -> None:
        body = {"accepted": 1, "invalid": [], "moreInvalid": 2, "duplicate": True}
        with (
            log_lines() as lines,
            Server(lambda request, number: Reply(202, body)) as server,
            Watcher(server.url, flush_interval=10) as watcher,
        ):
            for _ in range(3):
                watcher.observe({}, score=0.5)
            watcher.close()
            self.assertEqual((watcher.sent, watcher.refused), (1, 2))
        self.assertEqual(lines, ["WARNING Vigia has not taken 2 observations, and no longer knows why"])

    def test_from_many_threads_loses_nothing(self) -> None:
        with Server() as server, Watcher(server.url, batch_size=100, close_timeout=10) as watcher:

            def observe() -> None:
                for _ in range(250):
                    watcher.observe({}, score=0.5)

            threads = [threading.Thread(target=observe) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            watcher.close()
            self.assertEqual((watcher.sent, watcher.dropped, len(server.rows)), (1000, 0, 1000))

    def test_never_raises_and_says_once_what_cannot_be_observed(self) -> None:
        class Hostile:
            def __getattr__(self, name: str) -> Any:
                raise RuntimeError("no")

        with Server() as server, log_lines() as lines, Watcher(server.url) as watcher:
            for features in ([1], None, Hostile(), {"a": Hostile()}, {"a": [1]}):
                watcher.observe(features, score=0.5)
            watcher.observe({}, score=[0.5])
            watcher.observe({}, score=0.5)
            watcher.flush(10)
            self.assertEqual((watcher.sent, watcher.refused), (1, 6))
            self.assertEqual(len(lines), 1)
            self.assertRegex(lines[0], "^WARNING A prediction cannot be observed: /features is of type list")

    def test_counts_what_vigia_finds_invalid(self) -> None:
        fault = {"index": 1, "pointer": "/features/age", "code": "type", "message": "must be number"}
        with (
            Server(lambda request, number: Reply(202, {"accepted": 2, "invalid": [fault]})) as server,
            log_lines() as lines,
            Watcher(server.url, batch_size=3) as watcher,
        ):
            for _ in range(6):
                watcher.observe({"age": "x"}, score=0.5)
            watcher.flush(10)
            self.assertEqual((watcher.sent, watcher.refused), (4, 2))
            self.assertEqual(len(lines), 1)
            self.assertIn("/features/age must be number", lines[0])


class AVigiaInTrouble(unittest.TestCase):
    def retried(self, first: Reply | None) -> list[str]:
        """The log where the first request is answered so, and the next ones are taken."""
        with (
            mock.patch("vigia.delivery._FIRST_PAUSE_S", 0.01),
            Server(lambda request, number: first if number == 0 else accept_all(request, number)) as server,
            log_lines() as lines,
            Watcher(server.url) as watcher,
        ):
            watcher.observe({"age": 30}, score=0.5)
            self.assertTrue(watcher.flush(10))
            one, other = server.requests
            self.assertEqual(one.body, other.body)
            self.assertEqual(one.headers["idempotency-key"], other.headers["idempotency-key"])
            self.assertRegex(one.headers["idempotency-key"], r"^[\w-]{16,64}$")
            watcher.observe({"age": 31}, score=0.5)
            watcher.flush(10)
            self.assertNotEqual(server.requests[2].headers["idempotency-key"], one.headers["idempotency-key"])
            self.assertEqual((watcher.sent, watcher.refused, watcher.dropped), (2, 0, 0))
        return lines

    def test_gets_the_same_batch_again_under_the_same_key(self) -> None:
        for status in (408, 409, 425, 429, 500, 502, 503, 504):
            with self.subTest(status=status):
                trouble, over = self.retried(Reply(status, {"detail": "try later"}, {"retry-after": "0"}))
                self.assertRegex(trouble, f"^WARNING Vigia answers with {status}: try later")
                self.assertRegex(over, "^INFO Vigia answers again")

    def test_that_hangs_up_gets_it_again(self) -> None:
        trouble, _ = self.retried(None)
        self.assertIn("cannot be reached: it closes the connection without an answer", trouble)

    def test_that_closed_an_idle_connection_gets_it_again_without_a_word(self) -> None:
        with (
            Server(lambda request, number: None if number == 1 else accept_all(request, number)) as server,
            log_lines() as lines,
            Watcher(server.url) as watcher,
        ):
            for _ in range(2):
                watcher.observe({}, score=0.5)
                self.assertTrue(watcher.flush(10))
            self.assertEqual((len(server.requests), watcher.sent, lines), (3, 2, []))

    def test_says_once_that_it_cannot_be_reached_and_drops_at_the_end(self) -> None:
        reasons = [
            (f"http://127.0.0.1:{closed_port()}", "Connection refused"),
            ("http://no-such-host.invalid", "cannot be reached: "),
        ]
        for url, reason in reasons:
            with self.subTest(url=url), log_lines() as lines:
                watcher = Watcher(url, flush_interval=0.01, close_timeout=0.1)
                for _ in range(3):
                    watcher.observe({}, score=0.5)
                eventually(lambda: lines != [], "it is said")
                watcher.close()
                self.assertEqual((watcher.sent, watcher.dropped), (0, 3))
                self.assertEqual(len(lines), 1)
                self.assertIn(reason, lines[0])

    def test_that_does_not_speak_http_is_said_so(self) -> None:
        answers = [
            (b"SSH-2.0-OpenSSH_9.2\r\n", "what it answers is not HTTP"),
            (b"HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\n{", "what it answers is not HTTP"),
        ]
        for answer, reason in answers:
            with self.subTest(answer=answer), raw_server(answer) as url, log_lines() as lines:
                watcher = Watcher(url, flush_interval=0.01, close_timeout=0.1)
                watcher.observe({}, score=0.5)
                eventually(lambda: lines != [], "it is said")
                watcher.close()
                self.assertEqual(watcher.dropped, 1)
                self.assertEqual(len(lines), 1)
                self.assertIn(reason, lines[0])

    def test_that_refuses_is_not_asked_again_for_the_same(self) -> None:
        for status in (301, 307, 400, 401, 403, 404, 405, 413, 415, 421, 422, 431, 501):
            with (
                self.subTest(status=status),
                Server(lambda request, number, status=status: Reply(status, {"detail": "because"})) as server,
                log_lines() as lines,
                Watcher(server.url, batch_size=1) as watcher,
            ):
                watcher.observe({}, score=0.5)
                watcher.observe({}, score=0.5)
                watcher.flush(10)
                self.assertEqual((len(server.requests), watcher.sent, watcher.refused), (2, 0, 2))
                self.assertEqual(len(lines), 1)
                self.assertIn(f"({status}): {'a redirect' if status < 400 else 'because'}", lines[0])

    def test_that_is_not_vigia_is_said_so(self) -> None:
        for body in (b"<html>", [], {"status": "ok"}, {"accepted": "many"}):
            with (
                self.subTest(body=body),
                Server(lambda request, number, body=body: Reply(200, body)) as server,
                log_lines() as lines,
                Watcher(server.url) as watcher,
            ):
                watcher.observe({}, score=0.5)
                watcher.flush(10)
                self.assertEqual((watcher.sent, watcher.refused), (0, 1))
                self.assertRegex(lines[0], r"\(200\): what answers there is not Vigia")

    def test_says_that_it_takes_observations_again(self) -> None:
        with (
            Server(lambda request, number: Reply(404) if number == 0 else accept_all(request, number)) as server,
            log_lines() as lines,
            Watcher(server.url) as watcher,
        ):
            for _ in range(2):
                watcher.observe({}, score=0.5)
                watcher.flush(10)
            self.assertEqual(len(lines), 2)
            self.assertRegex(lines[1], "^INFO Vigia takes observations again; 1 were refused so far")

    def test_gives_up_a_batch_that_is_never_taken_for_the_next_one(self) -> None:
        def answer(request: Request, number: int) -> Reply:
            return Reply(500) if request.rows[0]["key"] == "bad" else accept_all(request, number)

        with (
            mock.patch("vigia.sender._GIVE_UP_AFTER_S", 0.3),
            Server(answer) as server,
            Watcher(server.url, batch_size=1) as watcher,
        ):
            watcher.observe({}, score=0.5, key="bad")
            watcher.observe({}, score=0.5, key="good")
            self.assertTrue(watcher.flush(10))
            self.assertEqual((watcher.sent, watcher.dropped), (1, 1))


class Closing(unittest.TestCase):
    def test_sends_what_waits(self) -> None:
        with Server() as server:
            with Watcher(server.url, flush_interval=600) as watcher:
                watcher.observe({}, score=0.5)
            self.assertEqual((watcher.sent, len(server.rows)), (1, 1))
            watcher.close()

    def test_takes_no_longer_than_it_may_and_counts_the_rest(self) -> None:
        hold = Holding()
        with Server(hold) as server:
            before = threads_of_vigia()
            watcher = Watcher(server.url, batch_size=2, timeout=600, close_timeout=0.2)
            for _ in range(2):
                watcher.observe({}, score=0.5)
            server.wait_for_requests(1)
            for _ in range(3):
                watcher.observe({}, score=0.5)
            watcher.close()
            self.assertEqual((watcher.sent, watcher.refused, watcher.dropped), (0, 0, 5))
            self.assertTrue(watcher.flush())
            eventually(lambda: threads_of_vigia() <= before, "the thread ends")
            self.assertEqual(watcher.dropped, 5)
            hold.let_go.set()

    def test_is_for_good(self) -> None:
        with Server() as server, log_lines() as lines:
            watcher = Watcher(server.url)
            watcher.close()
            watcher.observe({}, score=0.5)
            self.assertEqual((watcher.dropped, len(server.requests)), (1, 0))
            self.assertIn("after close()", lines[0])

    def test_of_one_that_is_forgotten_sends_what_waits_and_ends_its_thread(self) -> None:
        with Server() as server:
            before = threads_of_vigia()
            watcher = Watcher(server.url, flush_interval=600)
            watcher.observe({}, score=0.5)
            (thread,) = threads_of_vigia() - before
            del watcher
            gc.collect()
            server.wait_for_requests(1)
            thread.join(10)
            self.assertFalse(thread.is_alive())

    def test_needs_no_thread_where_nothing_was_observed(self) -> None:
        before = threads_of_vigia()
        with Watcher("http://127.0.0.1:9"):
            self.assertEqual(threads_of_vigia() - before, set())


def threads_of_vigia() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name == "vigia"}


class AProcess(unittest.TestCase):
    def run_script(self, script: str, url: str) -> str:
        """Runs it to its end, which must come, without an error."""
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", f"import os, sys\nfrom vigia import Watcher\n{script}", url],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent / "src")},
            capture_output=True,
            text=True,
            timeout=20,
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return done.stdout

    def test_that_ends_sends_what_waits(self) -> None:
        with Server() as server:
            self.run_script(
                "watcher = Watcher(sys.argv[1], flush_interval=600)\nwatcher.observe({'age': 30}, score=0.5)",
                server.url,
            )
            self.assertEqual([row["features"] for row in server.rows], [{"age": 30}])

    def test_that_ends_does_not_wait_for_a_vigia_that_does_not_answer(self) -> None:
        hold = Holding()
        with Server(hold) as server:
            script = """
watchers = [Watcher(sys.argv[1], timeout=600, close_timeout=0.3) for _ in range(3)]
for watcher in watchers: watcher.observe({}, score=0.5)
import logging; logging.disable()
"""
            self.run_script(script, server.url)
            hold.let_go.set()

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_that_forks_leaves_to_the_parent_what_is_the_parents(self) -> None:
        with Server() as server:
            script = """
import warnings; warnings.simplefilter("ignore", DeprecationWarning)
watcher = Watcher(sys.argv[1], batch_size=100, flush_interval=600)
watcher.observe({}, score=0.5, key="before")
watcher.flush()
watcher.observe({}, score=0.5, key="parent")
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        assert (watcher.sent, watcher.dropped) == (0, 0)
        watcher.observe({}, score=0.5, key=f"child {number}")
        sys.exit()
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
watcher.observe({}, score=0.5, key="after")
watcher.close()
print(watcher.sent, watcher.dropped)
"""
            self.assertEqual(self.run_script(script, server.url), "3 0\n")
            keys = sorted(row["key"] for row in server.rows)
            self.assertEqual(keys, ["after", "before", "child 0", "child 1", "child 2", "parent"])

    @unittest.skipUnless(hasattr(os, "fork"), "this system has no fork")
    def test_that_forks_while_it_observes_does_not_hang_its_children(self) -> None:
        with Server() as server:
            script = """
import threading, warnings; warnings.simplefilter("ignore", DeprecationWarning)
watcher = Watcher(sys.argv[1], batch_size=1, close_timeout=10)
def observe():
    while True:
        watcher.observe({}, score=0.5, key="parent")
        time.sleep(0.001)
import logging, time; logging.disable()
threads = [threading.Thread(target=observe) for _ in range(2)]
for thread in threads: thread.start()
watcher.flush()
for number in range(10):
    child = os.fork()
    if child == 0:
        watcher.observe({}, score=0.5, key="child")
        watcher.close()
        os._exit(0 if watcher.sent == 1 else 1)
    assert os.waitpid(child, 0)[1] == 0
os._exit(0)
"""
            self.run_script(script, server.url)
            self.assertEqual(sum(row["key"] == "child" for row in server.rows), 10)


TOKEN = "a-secret-token-of-36-characters-0123"


class AToken(unittest.TestCase):
    def sent_with(self, *arguments: Any, **options: Any) -> str | None:
        with Server() as server, Watcher(server.url, *arguments, **options) as watcher:
            watcher.observe({}, score=0.5)
            watcher.flush(10)
            return server.requests[0].headers.get("authorization")

    def test_comes_from_the_argument_the_file_or_the_environment(self) -> None:
        with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {"VIGIA_TOKEN": "from-environment"}):
            path = Path(folder, "token")
            path.write_text("\n from-file \nanother\n")
            self.assertEqual(self.sent_with(token=TOKEN, token_file=path), f"Bearer {TOKEN}")
            self.assertEqual(self.sent_with(token_file=path), "Bearer from-file")
            self.assertEqual(self.sent_with(), "Bearer from-environment")
            os.environ["VIGIA_TOKEN"] = ""
            self.assertIsNone(self.sent_with())

    def test_is_read_again_when_it_is_refused(self) -> None:
        def answer(request: Request, number: int) -> Reply:
            is_new = request.headers["authorization"] == "Bearer the-new-one"
            return accept_all(request, number) if is_new else Reply(401)

        with tempfile.TemporaryDirectory() as folder, Server(answer) as server:
            path = Path(folder, "token")
            path.write_text("the-old-one")
            with Watcher(server.url, token_file=path) as watcher:
                path.write_text("the-new-one")
                watcher.observe({}, score=0.5)
                watcher.flush(10)
                self.assertEqual((watcher.sent, len(server.requests)), (1, 2))

    def test_is_in_no_text_and_no_log_and_goes_to_no_other_server(self) -> None:
        with Server() as other, log_lines() as lines:
            redirect = Reply(307, None, {"location": f"{other.url}/observations"})
            with Server(lambda request, number: redirect) as server, Watcher(server.url, token=TOKEN) as watcher:
                watcher.observe({}, score=0.5)
                watcher.flush(10)
                self.assertEqual((watcher.refused, other.requests), (1, []))
                self.assertRegex(repr(watcher), r"^<Watcher http://127\.0\.0\.1:\d+/observations>$")
                self.assertNotIn(TOKEN, "".join(lines) + repr(vars(watcher)))

    def test_that_no_header_can_carry_is_refused_without_repeating_it(self) -> None:
        for token in ("", "two words", "line\nbreak", "ünïcode-sécret"):
            with self.assertRaises(ValueError) as caught:
                Watcher("http://127.0.0.1:9", token=token)
            self.assertNotIn(token or "''", str(caught.exception))
        with self.assertRaises(OSError):
            Watcher("http://127.0.0.1:9", token_file="/no/such/file")


class AnAddress(unittest.TestCase):
    def test_that_cannot_be_right_is_refused_at_once(self) -> None:
        for url in ("", "vigia:9464", "ftp://vigia", "http://", "http://me:secret@vigia", "http://vigia/?a=b"):
            with self.assertRaises(ValueError) as caught:
                Watcher(url)
            self.assertNotIn("secret", str(caught.exception))
        for options in ({"queue_size": 0}, {"batch_size": 0}, {"timeout": 0}, {"flush_interval": -1}, {"model": ""}):
            with self.assertRaises(ValueError):
                Watcher("http://vigia", **options)

    @unittest.skipIf(shutil.which("openssl") is None, "openssl is not on the PATH")
    def test_of_https_is_verified(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            key, certificate = f"{folder}/key.pem", f"{folder}/certificate.pem"
            command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=test"
            names = "subjectAltName=IP:127.0.0.1"
            subprocess.run(
                [*command.split(), "-addext", names, "-keyout", key, "-out", certificate],
                check=True,
                capture_output=True,
            )
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            with Server(context=context) as server, log_lines() as lines:
                with Watcher(server.url, token=TOKEN, flush_interval=0.01, close_timeout=0.1) as watcher:
                    watcher.observe({}, score=0.5)
                    eventually(lambda: lines != [], "it is said")
                self.assertEqual((watcher.dropped, server.requests), (1, []))
                self.assertTrue(re.search("its certificate cannot be verified: self-signed", lines[0]), lines)
                with mock.patch.dict(os.environ, {"SSL_CERT_FILE": certificate}), Watcher(server.url) as watcher:
                    watcher.observe({}, score=0.5)
                    self.assertTrue(watcher.flush(10))
                    self.assertEqual(watcher.sent, 1)

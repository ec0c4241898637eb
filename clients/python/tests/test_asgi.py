from __future__ import annotations

import asyncio
import json
import unittest
from typing import Any

from vigia import Watcher, WatchMiddleware

from .support import Server, log_lines

JSON = [(b"content-type", b"application/json")]
Sent = list[dict[str, Any]]


def app_that_answers(*chunks: bytes, status: int = 200, headers: Any = JSON, reads: bool = True) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
            return
        more = reads
        while more:
            more = (await receive()).get("more_body", False)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for number, chunk in enumerate(chunks):
            await send({"type": "http.response.body", "body": chunk, "more_body": number < len(chunks) - 1})

    return app


def call(app: Any, *chunks: bytes, path: str = "/predict", method: str = "POST", **scope: Any) -> Sent:
    """What the app sends to a request whose body comes in these chunks."""
    sent: Sent = []
    messages = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app({"type": "http", "method": method, "path": path, **scope}, receive, send))
    return sent


def dump(value: Any) -> bytes:
    return json.dumps(value).encode()


class TheMiddleware(unittest.TestCase):
    def setUp(self) -> None:
        self.server = self.enterContext(Server()) if hasattr(self, "enterContext") else Server()
        self.watcher = Watcher(self.server.url)
        self.addCleanup(self.watcher.close)

    def observed(self, app: Any, request: Any, **options: Any) -> list[dict[str, Any]]:
        """What one request has Vigia told, but for the time."""
        count = len(self.server.rows)
        call(WatchMiddleware(app, self.watcher, **options), dump(request))
        self.watcher.flush(10)
        return [{name: row[name] for name in row if name != "time"} for row in self.server.rows[count:]]

    def test_observes_what_a_route_was_asked_and_answered(self) -> None:
        app = app_that_answers(dump({"score": 0.25, "label": "good"}))
        rows = self.observed(app, {"age": 30, "id": 7}, prediction="label", key="id")
        self.assertEqual(rows, [{"features": {"age": 30}, "score": 0.25, "prediction": "good", "key": "7"}])

    def test_finds_them_by_pointers_and_by_functions(self) -> None:
        app = app_that_answers(dump({"result": {"p/1": [0.75, 0.25]}}))
        request = {"customer": {"age": 30}, "meta": {"id": "a"}}
        rows = self.observed(app, request, features="customer", score="/result/p~11/1", key="/meta/id")
        self.assertEqual(rows, [{"features": {"age": 30}, "score": 0.25, "key": "a"}])
        rows = self.observed(
            app,
            request,
            features=lambda asked, answered: {**asked["customer"], "extra": 1},
            score=lambda asked, answered: answered["result"]["p/1"][1],
            prediction=lambda asked, answered: "good",
        )
        self.assertEqual(rows, [{"features": {"age": 30, "extra": 1}, "score": 0.25, "prediction": "good"}])

    def test_observes_each_row_of_several(self) -> None:
        app = app_that_answers(dump([{"score": 0.25}, {"score": 0.5}]))
        rows = self.observed(app, [{"age": 30, "id": 1}, {"age": 31, "id": 2}], key="id")
        self.assertEqual(
            rows,
            [
                {"features": {"age": 30}, "score": 0.25, "key": "1"},
                {"features": {"age": 31}, "score": 0.5, "key": "2"},
            ],
        )
        app = app_that_answers(dump({"scores": [0.25, 0.5]}))
        rows = self.observed(app, {"rows": [{"age": 30}, {"age": 31}]}, features="rows", score="scores")
        self.assertEqual(rows, [{"features": {"age": 30}, "score": 0.25}, {"features": {"age": 31}, "score": 0.5}])

    def test_passes_on_every_message_as_it_comes(self) -> None:
        app = app_that_answers(b'{"sc', b'ore"', b": 0.5}")
        watched = WatchMiddleware(app, self.watcher)
        self.assertEqual(call(watched, b'{"age"', b": 30}"), call(app, b'{"age"', b": 30}"))
        self.watcher.flush(10)
        self.assertEqual(self.server.rows[0]["features"], {"age": 30})

    def test_sends_the_answer_before_it_observes(self) -> None:
        order: list[str] = []

        def score(asked: Any, answered: Any) -> float:
            order.append("observed")
            return 0.5

        async def app(scope: Any, receive: Any, send: Any) -> None:
            async def send_and_tell(message: Any) -> None:
                order.append(message["type"])

            watched = WatchMiddleware(app_that_answers(b"{}"), self.watcher, score=score)
            await watched(scope, receive, send_and_tell)

        call(app, b"{}")
        self.assertEqual(order, ["http.response.start", "http.response.body", "observed"])

    def test_leaves_alone_what_is_no_prediction(self) -> None:
        predicts = app_that_answers(dump({"score": 0.5}))
        for app, options in (
            (predicts, {"path": "/other"}),
            (predicts, {"method": "GET"}),
            (predicts, {"type": "websocket"}),
            (app_that_answers(dump({"detail": "no"}), status=422), {}),
            (app_that_answers(b"", status=307), {}),
            (app_that_answers(b"", status=204), {}),
        ):
            self.assertEqual(call(WatchMiddleware(app, self.watcher), b"{}", **options), call(app, b"{}", **options))
        self.watcher.flush(10)
        self.assertEqual((self.watcher.sent, self.watcher.refused), (0, 0))

    def test_knows_its_path_behind_a_prefix_and_may_have_several(self) -> None:
        app = WatchMiddleware(app_that_answers(dump({"score": 0.5})), self.watcher, path=("/a", "/b"))
        for options in ({"path": "/a"}, {"path": "/b"}, {"path": "/api/a", "root_path": "/api"}, {"path": "/c"}):
            call(app, b"{}", **options)
        self.watcher.flush(10)
        self.assertEqual(self.watcher.sent, 3)

    def test_says_once_why_it_cannot_read_a_prediction(self) -> None:
        def fail(asked: Any, answered: Any) -> Any:
            raise RuntimeError("a mistake")

        predicts = app_that_answers(dump({"score": 0.5}))
        long = b'{"a": "' + b"x" * 2000 + b'"}'
        encoded = app_that_answers(b"\x1f\x8b", headers=[*JSON, (b"Content-Encoding", b"gzip")])
        columns, rows = app_that_answers(dump({"score": [0.25, 0.5]})), {"features": "rows", "key": "key"}
        cases: list[tuple[Any, bytes, dict[str, Any], str]] = [
            (predicts, b"a=1", {}, "the request is not JSON"),
            (predicts, long, {}, "the request has more than 1000 bytes"),
            (app_that_answers(long), b"{}", {}, "the answer has more than 1000 bytes"),
            (app_that_answers(b"<html>"), b"{}", {}, "the answer is not JSON"),
            (encoded, b"{}", {}, "the answer is compressed"),
            (app_that_answers(dump({"score": 0.5}), reads=False), b"{}", {}, "the app has not read the whole request"),
            (predicts, b"{}", {"score": "p"}, "the answer has no p"),
            (predicts, b"{}", {"score": "/score/0"}, "the answer has no /score/0"),
            (predicts, b"{}", {"features": "rows"}, "the request has no rows"),
            (predicts, b"{}", {"score": fail}, "a mistake"),
            (predicts, b"[1]", {}, "/features is of type list"),
            (columns, b'{"rows": [{}]}', rows, "the features and the score are of 1 and 2 rows"),
            (columns, b'{"rows": [{}, {}], "key": "ab"}', rows, "the features and the key are of 2 and 1 rows"),
        ]
        for app, body, options, reason in cases:
            with self.subTest(reason=reason), log_lines() as lines, Watcher(self.server.url) as watcher:
                watched = WatchMiddleware(app, watcher, max_body_bytes=1000, **options)
                for _ in range(2):
                    self.assertEqual(call(watched, body), call(app, body))
                self.assertEqual((watcher.sent, watcher.refused), (0, 2))
                self.assertEqual(len(lines), 1)
                self.assertIn(reason, lines[0])

    def test_does_without_a_key_or_a_class_that_is_not_there(self) -> None:
        rows = self.observed(app_that_answers(dump({"score": 0.5})), {"age": 30}, key="id", prediction="label")
        self.assertEqual(rows, [{"features": {"age": 30}, "score": 0.5}])

    def test_sends_what_waits_when_the_server_ends(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})

        with Watcher(self.server.url, flush_interval=600) as watcher:
            watcher.observe({"age": 30}, score=0.5)
            sent = call(WatchMiddleware(app, watcher), type="lifespan")
            self.assertEqual([message["type"] for message in sent][-1], "lifespan.shutdown.complete")
            self.assertEqual(watcher.sent, 1)
            # the app may begin again in the same process
            watcher.observe({"age": 31}, score=0.5)
            self.assertTrue(watcher.flush())

    def test_hides_from_the_app_what_it_cannot_make_of_a_message(self) -> None:
        app = app_that_answers(b"{}", headers=None)
        with log_lines() as lines:
            self.assertEqual(call(WatchMiddleware(app, self.watcher), b"{}"), call(app, b"{}"))
        self.assertEqual((self.watcher.sent, len(lines)), (0, 1))

    def test_lets_pass_what_the_app_raises(self) -> None:
        async def app(scope: Any, receive: Any, send: Any) -> None:
            raise LookupError("of the app")

        with self.assertRaisesRegex(LookupError, "of the app"):
            call(WatchMiddleware(app, self.watcher), b"{}")

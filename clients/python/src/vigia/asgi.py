"""Middleware for FastAPI, Starlette and whatever else speaks ASGI."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any, TypeAlias

from .watcher import Watcher

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# the name of a field, a JSON pointer such as `/result/p`, or a function of the bodies of request and answer
Choice: TypeAlias = "str | Callable[[Any, Any], Any]"


class WatchMiddleware:
    """Observes what the routes at `path` answer, once the answer has left.

        app.add_middleware(WatchMiddleware, watcher=watcher, path="/predict", score="probability")

    Every byte is passed on as it comes. A body that cannot be read, because it is no JSON or has more than
    `max_body_bytes`, is counted as refused; answers that are errors are no predictions. Where both bodies are arrays of
    the same length, each pair of items is an observation; and so it is where features and scores are arrays.
    """

    def __init__(
        self,
        app: App,
        watcher: Watcher,
        path: str | Collection[str] = "/predict",
        *,
        features: Choice | None = None,
        score: Choice = "score",
        prediction: Choice | None = None,
        key: Choice | None = None,
        max_body_bytes: int = 262_144,
    ) -> None:
        """
        Args:
            features, key: where they stand in the body of the request; without `features` the whole of it is them,
                but for the key.
            score, prediction: where they stand in the body of the answer.
        """
        self._app = app
        self._watcher = watcher
        self._paths = frozenset((path,) if isinstance(path, str) else path)
        self._features = features
        self._score = score
        self._prediction = prediction
        self._key = key
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, self._flushing_at_the_end(send))
            return
        if not self._is_watched(scope):
            await self._app(scope, receive, send)
            return
        request = _Body(self._max_body_bytes)
        answer = _Body(self._max_body_bytes)

        async def receive_and_keep() -> Message:
            message = await receive()
            self._note_request(message, request)
            return message

        async def send_and_keep(message: Message) -> None:
            await send(message)
            self._note_answer(message, request, answer)

        await self._app(scope, receive_and_keep, send_and_keep)

    def _flushing_at_the_end(self, send: Send) -> Send:
        """Some servers end the process by the signal that they got: then no handler of `atexit` runs."""

        async def flush_and_send(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                self._watcher.flush()
            await send(message)

        return flush_and_send

    def _is_watched(self, scope: Scope) -> bool:
        if scope["type"] != "http" or scope["method"] != "POST":
            return False
        path: str = scope["path"]
        # what is in front of the app may have put a prefix there, which its routes do not have
        return path in self._paths or path.removeprefix(scope.get("root_path") or "") in self._paths

    # Nothing that these two find may reach the app: neither a message that is not as ASGI has it, nor what goes wrong
    # in a function that was given.

    def _note_request(self, message: Message, request: _Body) -> None:
        try:
            if message["type"] == "http.request":
                request.add(message)
        except Exception as error:
            self._watcher.refuse(error)

    def _note_answer(self, message: Message, request: _Body, answer: _Body) -> None:
        try:
            if message["type"] == "http.response.start":
                answer.begin(message)
            elif message["type"] == "http.response.body" and answer.is_prediction:
                answer.add(message)
                if answer.is_whole:
                    self._observe(request.parse("request"), answer.parse("answer"))
        except Exception as error:
            self._watcher.refuse(error)

    def _observe(self, asked: Any, answered: Any) -> None:
        if isinstance(asked, list) and isinstance(answered, list) and len(asked) == len(answered):
            for pair in zip(asked, answered, strict=True):
                self._observe_pair(*pair)
        else:
            self._observe_pair(asked, answered)

    def _observe_pair(self, asked: Any, answered: Any) -> None:
        features = self._features_of(asked, answered)
        score = _choose(self._score, answered, "answer", asked, answered)
        prediction = _choose(self._prediction, answered, None, asked, answered)
        key = _choose(self._key, asked, None, asked, answered)
        if not (isinstance(features, list) and isinstance(score, list)):
            self._watcher.observe(features, score=score, prediction=prediction, key=key)
            return
        others = {"score": score, "prediction": prediction, "key": key}
        columns = {name: [None] * len(features) if column is None else column for name, column in others.items()}
        for name, column in columns.items():
            count = len(column) if isinstance(column, list) else 1
            if count != len(features):
                raise ValueError(f"the features and the {name} are of {len(features)} and {count} rows")
        for row, *of_row in zip(features, *columns.values(), strict=True):
            self._watcher.observe(row, **dict(zip(columns, of_row, strict=True)))

    def _features_of(self, asked: Any, answered: Any) -> Any:
        if self._features is not None:
            return _choose(self._features, asked, "request", asked, answered)
        if isinstance(asked, dict) and isinstance(self._key, str):
            return {name: value for name, value in asked.items() if name != self._key}
        return asked


class _Body:
    """A body as it passes by, up to a length."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._chunks: list[bytes] = []
        self._length = 0
        self.is_whole = False
        self.is_prediction = False
        self._is_encoded = False

    def begin(self, message: Message) -> None:
        """Reads the head of an answer."""
        self.is_prediction = message["status"] in (200, 201, 202, 203)
        self._is_encoded = any(bytes(name).lower() == b"content-encoding" for name, _ in message.get("headers", ()))

    def add(self, message: Message) -> None:
        chunk = bytes(message.get("body", b""))
        self._length += len(chunk)
        if self._length <= self._max_bytes:
            self._chunks.append(chunk)
        else:
            self._chunks.clear()
        self.is_whole = not message.get("more_body", False)

    def parse(self, name: str) -> Any:
        """Raises ValueError."""
        if self._length > self._max_bytes:
            raise ValueError(f"the {name} has more than {self._max_bytes} bytes (max_body_bytes)")
        if self._is_encoded:
            raise ValueError(f"the {name} is compressed: add what compresses after this middleware")
        if not self.is_whole:
            raise ValueError(f"the app has not read the whole {name}")
        try:
            return json.loads(b"".join(self._chunks))
        except ValueError:
            raise ValueError(f"the {name} is not JSON") from None


def _choose(choice: Choice | None, body: Any, name: str | None, asked: Any, answered: Any) -> Any:
    """Raises ValueError where a body that has a name has no such member, and whatever a function raises."""
    if choice is None:
        return None
    if not isinstance(choice, str):
        return choice(asked, answered)
    steps = [choice]
    if choice.startswith("/"):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in choice[1:].split("/")]
    value = body
    for step in steps:
        try:
            value = value[int(step) if isinstance(value, list) else step]
        except (KeyError, IndexError, TypeError, ValueError):
            if name is None:
                return None
            raise ValueError(f"the {name} has no {choice}") from None
    return value

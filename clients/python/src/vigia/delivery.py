"""Sends a batch until it is answered for good, always under the same Idempotency-Key, so that it counts once."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from typing import Protocol

from .server import Answer, Connection, Unreachable

MAX_BATCH_BYTES = 4 * 1024 * 1024

# Answers after which the same request may succeed.
_PASSING = frozenset((408, 409, 425, 429, 500, 502, 503, 504))
_FIRST_PAUSE_S = 0.25
_LONGEST_PAUSE_S = 30.0


class Patience(Protocol):
    """How long to go on trying."""

    def timeout_s(self) -> float:
        """What the next attempt may take."""

    def pause(self, seconds: float) -> bool:
        """Waits so long, or less; whether to try again."""


class GaveUp(Exception):
    """The time allowed is over; the message says what stood in the way."""

    def __init__(self, reason: str, status: int | None) -> None:
        super().__init__(reason)
        self.status = status


def deliver(
    connection: Connection,
    path: str,
    lines: list[bytes],
    patience: Patience,
    on_trouble: Callable[[str], None] = lambda reason: None,
) -> Answer:
    """The first answer that another attempt would not change. Raises GaveUp."""
    body = b"\n".join(lines)
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    pause_s = _FIRST_PAUSE_S
    may_renew = True
    while True:
        wait_s = pause_s * random.uniform(0.5, 1.0)
        status = None
        try:
            answer = connection.post(path, body, headers, patience.timeout_s())
        except Unreachable as error:
            reason = f"cannot be reached: {error}"
        else:
            if answer.status == 401 and may_renew and connection.renew_token():
                may_renew = False
                continue
            if answer.status not in _PASSING:
                return answer
            status = answer.status
            reason = f"answers with {status}: {answer.detail}"
            if answer.retry_after_s is not None:
                wait_s = min(max(answer.retry_after_s, wait_s), 2 * _LONGEST_PAUSE_S)
        on_trouble(reason)
        if not patience.pause(wait_s):
            raise GaveUp(reason, status)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


class UntilDeadline:
    """The patience of who waits for the result."""

    def __init__(self, timeout_s: float, give_up_after_s: float) -> None:
        self._timeout_s = timeout_s
        self._deadline = time.monotonic() + give_up_after_s

    def timeout_s(self) -> float:
        return self._timeout_s

    def pause(self, seconds: float) -> bool:
        if time.monotonic() + seconds > self._deadline:
            return False
        time.sleep(seconds)
        return True

"""What is worth a line in the log, said once."""

from __future__ import annotations

import logging
import time

_logger = logging.getLogger("vigia")

# What comes and goes is told at most so often.
_MIN_INTERVAL_S = 60.0
_MAX_TOPICS = 100


class Notices:
    def __init__(self) -> None:
        self._open: set[str] = set()
        self._said_at: dict[str, float] = {}

    def warn(self, topic: str, message: str, *args: object) -> None:
        """Says it, unless it was said of this topic and is not over."""
        if topic in self._open or len(self._open) >= _MAX_TOPICS:
            return
        now = time.monotonic()
        if now - self._said_at.get(topic, -_MIN_INTERVAL_S) < _MIN_INTERVAL_S:
            return
        self._open.add(topic)
        self._said_at[topic] = now
        _logger.warning(message, *args)

    def over(self, topic: str, message: str, *args: object) -> None:
        """Says that it is over, if it was said."""
        if topic in self._open:
            self._open.discard(topic)
            _logger.info(message, *args)

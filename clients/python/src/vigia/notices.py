"""What is worth a line in the log, said once."""

from __future__ import annotations

import logging
import time

_logger = logging.getLogger("vigia")

# What comes and goes is told at most so often.
_MIN_INTERVAL_S = 60.0
_MAX_TOPICS = 100


class Notices:
    """Without a lock, as a fork could leave one locked for ever: what a dict does in one step is enough."""

    def __init__(self) -> None:
        self._open: dict[str, object] = {}
        self._said_at: dict[str, float] = {}

    def warn(self, topic: str, message: str, *args: object) -> None:
        """Says it, unless it was said of this topic and is not over."""
        if topic in self._open or len(self._open) >= _MAX_TOPICS:
            return
        mine = object()
        if self._open.setdefault(topic, mine) is not mine:
            return
        now = time.monotonic()
        if now - self._said_at.get(topic, -_MIN_INTERVAL_S) < _MIN_INTERVAL_S:
            self._open.pop(topic, None)
            return
        self._said_at[topic] = now
        _logger.warning(message, *args)

    def over(self, topic: str, message: str, *args: object) -> None:
        """Says that it is over, if it was said."""
        if self._open.pop(topic, None) is not None:
            _logger.info(message, *args)

"""A bounded queue of observations, and the thread that sends them in batches."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from .answers import faults_of, receipt_of
from .delivery import MAX_BATCH_BYTES, GaveUp, deliver
from .notices import Notices
from .processes import join_process
from .server import Connection

MAX_QUEUE_BYTES = 32 * 1024 * 1024

# A batch that is not taken for so long makes room for the next one.
_GIVE_UP_AFTER_S = 300.0
# While the queue is being closed, an attempt follows the last one soon.
_LONGEST_PAUSE_AT_CLOSE_S = 0.25


class Sender:
    """Takes lines at once and sends them later. What does not fit is dropped and counted.

    The lock is reentrant: a signal handler or a finalizer that observes may interrupt one that holds it.
    """

    def __init__(
        self,
        connect: Callable[[], Connection],
        path: str,
        notices: Notices,
        *,
        queue_size: int,
        batch_size: int,
        flush_interval_s: float,
        timeout_s: float,
        close_timeout_s: float,
    ) -> None:
        self._connect = connect
        self._path = path
        self._notices = notices
        self._queue_size = queue_size
        self._batch_size = batch_size
        self._flush_interval_s = flush_interval_s
        self._timeout_s = timeout_s
        self._close_timeout_s = close_timeout_s
        self._closes_at: float | None = None
        self._begin()
        join_process(self)

    def _begin(self) -> None:
        """An empty queue without a thread: the state of a new process, too."""
        self._condition = threading.Condition(threading.RLock())
        self._lines: deque[bytes] = deque()
        self._bytes = 0
        # of all lines that ever came: how many, and how many of them are dealt with
        self._taken_in = 0
        self._dealt_with = 0
        self._flushes = 0
        self._is_abandoned = False
        self._gives_up_at = 0.0
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self.sent = 0
        self.refused = 0
        self.dropped = 0

    def begin_in_child(self) -> None:
        """After a fork: what waits is the parent's to send, and so is its connection."""
        connection = self._connection
        self._begin()
        if connection is not None:
            connection.leave_to_parent()

    def put(self, line: bytes) -> None:
        with self._condition:
            obstacle = self._take_in(line)
            if obstacle is None:
                return
            self.dropped += 1
        topic = "full" if self._closes_at is None else "closed"
        self._notices.warn(topic, "%s: what comes now is dropped, and counted", obstacle)

    def _take_in(self, line: bytes) -> str | None:
        """None, or what stands in the way."""
        if self._closes_at is not None:
            return "An observation came after close()"
        if len(self._lines) >= self._queue_size:
            return f"More than {self._queue_size} observations wait for Vigia"
        if self._bytes + len(line) > MAX_QUEUE_BYTES:
            return f"More than {MAX_QUEUE_BYTES} bytes of observations wait for Vigia"
        if self._thread is None and not self._start():
            return "No thread can be started to send observations"
        self._lines.append(line)
        self._bytes += len(line)
        self._taken_in += 1
        if len(self._lines) in (1, self._batch_size):
            self._condition.notify_all()
        return None

    def _start(self) -> bool:
        thread = threading.Thread(target=self._run, name="vigia", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no more threads, or the interpreter is about to end
            return False
        self._thread = thread
        return True

    def settle(self, *, sent: int = 0, refused: int = 0, dropped: int = 0) -> None:
        with self._condition:
            self.sent += sent
            self.refused += refused
            self.dropped += dropped

    def flush(self, timeout_s: float | None = None) -> bool:
        """Sends what came before without waiting for more; whether all of it was dealt with in time."""
        with self._condition:
            count = self._taken_in
            self._flushes += 1
            self._condition.notify_all()
            try:
                return self._condition.wait_for(
                    lambda: self._dealt_with >= count,
                    self._close_timeout_s if timeout_s is None else timeout_s,
                )
            finally:
                self._flushes -= 1

    def ask_to_close(self) -> None:
        """Takes nothing more, and lets the thread end when it has sent what waits, or the time is over."""
        with self._condition:
            if self._closes_at is None:
                self._closes_at = time.monotonic() + self._close_timeout_s
            self._condition.notify_all()

    def close(self) -> None:
        """The same, and waits for that end."""
        self.ask_to_close()
        thread, connection = self._thread, self._connection
        if thread is None or thread is threading.current_thread():
            return
        thread.join(max(0.0, (self._closes_at or 0.0) - time.monotonic()))
        with self._condition:
            if not thread.is_alive() or self._is_abandoned:
                return
            self._is_abandoned = True
            self.dropped += self._taken_in - self._dealt_with
            self._forget_waiting()
            self._dealt_with = self._taken_in
        if connection is not None:
            connection.abort()

    # What follows runs in the thread.

    def _run(self) -> None:
        connection = self._connection = self._connect()
        try:
            while batch := self._next_batch():
                sent, refused = 0, 0
                try:
                    sent, refused = self._send(connection, batch)
                except Exception as error:  # nothing may end the thread
                    if not isinstance(error, GaveUp):
                        self._notices.warn(repr(type(error)), "Observations were dropped: %r", error)
                with self._condition:
                    if self._is_abandoned:
                        return
                    self.settle(sent=sent, refused=refused, dropped=len(batch) - sent - refused)
                    self._dealt_with += len(batch)
                    self._condition.notify_all()
        finally:
            connection.close()

    def _next_batch(self) -> list[bytes]:
        """Waits for the first line, then for a full batch or the end of the interval. Empty at the end."""
        with self._condition:
            self._condition.wait_for(lambda: self._lines or self._closes_at is not None)
            self._condition.wait_for(
                lambda: len(self._lines) >= self._batch_size or self._is_in_a_hurry(), self._flush_interval_s
            )
            if self._time_left_s() <= 0:
                self.dropped += len(self._lines)
                self._forget_waiting()
            batch: list[bytes] = []
            size = 0
            while self._lines and len(batch) < self._batch_size:
                size += len(self._lines[0]) + 1
                if size > MAX_BATCH_BYTES:
                    break
                batch.append(self._lines.popleft())
            self._bytes -= sum(map(len, batch))
            self._gives_up_at = time.monotonic() + _GIVE_UP_AFTER_S
            return batch

    def _is_in_a_hurry(self) -> bool:
        return self._flushes > 0 or self._closes_at is not None

    def _time_left_s(self) -> float:
        return float("inf") if self._closes_at is None else self._closes_at - time.monotonic()

    def _forget_waiting(self) -> None:
        self._dealt_with += len(self._lines)
        self._lines.clear()
        self._bytes = 0
        self._condition.notify_all()

    def _send(self, connection: Connection, batch: list[bytes]) -> tuple[int, int]:
        """How many were accepted and how many refused. Raises GaveUp."""
        answer = deliver(connection, f"{self._path}?ids=false", batch, self, self._on_trouble)
        self._notices.over("trouble", "Vigia answers again; %d observations were dropped so far", self.dropped)
        body = receipt_of(answer)
        if body is None:
            self._notices.warn(
                "refused",
                "Vigia refuses observations (%d): %s. They are counted as refused",
                answer.status,
                answer.detail,
            )
            return 0, len(batch)
        self._notices.over("refused", "Vigia takes observations again; %d were refused so far", self.refused)
        self._notices.over("full", "Observations are taken again; %d were dropped so far", self.dropped)
        accepted = min(int(body.get("accepted", 0)), len(batch))
        refused = len(batch) - accepted
        for fault in faults_of(body, list(range(len(batch))))[:1]:
            self._notices.warn(
                "invalid",
                "Vigia does not take an observation: %s %s. Others like it are only counted",
                fault.pointer,
                fault.message,
            )
        if refused > 0 and not body.get("invalid"):  # the answer to a repetition, the first of which was lost
            self._notices.warn("unknown", "Vigia has not taken %d observations, and no longer knows why", refused)
        return accepted, refused

    def _on_trouble(self, reason: str) -> None:
        self._notices.warn(
            "trouble",
            "Vigia %s. Observations wait, %d at most; what comes beyond that is dropped, and counted",
            reason,
            self._queue_size,
        )

    def timeout_s(self) -> float:
        return max(0.01, min(self._timeout_s, self._time_left_s()))

    def pause(self, seconds: float) -> bool:
        with self._condition:
            if time.monotonic() + seconds > self._gives_up_at:
                return False
            self._condition.wait_for(lambda: self._closes_at is not None, seconds)
            if self._closes_at is None:
                return True
        time.sleep(max(0.0, min(seconds, _LONGEST_PAUSE_AT_CLOSE_S, self._time_left_s())))
        return self._time_left_s() > 0

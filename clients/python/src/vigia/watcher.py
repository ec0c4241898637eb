"""The client: observations one by one or by the frame, and outcomes."""

from __future__ import annotations

import os
import weakref
from collections.abc import Collection
from functools import partial
from types import TracebackType
from typing import Any
from urllib.parse import quote

from .jobs import ObservedFrame, send_outcomes
from .notices import Notices
from .receipts import OutcomesReceipt, Receipt
from .rows import encode_new_observation
from .sender import Sender
from .server import Address, Connection, Token


class Watcher:
    """Tells Vigia what a model predicts.

    `observe` is for a model that serves: it returns at once, never raises, and drops and counts what Vigia does not
    take. `observe_frame` and `outcomes` are for jobs: they wait, and raise VigiaError. All may be called from several
    threads; a process that was forked begins with an empty queue.
    """

    def __init__(
        self,
        url: str,
        model: str | None = None,
        token: str | None = None,
        *,
        token_file: str | os.PathLike[str] | None = None,
        queue_size: int = 10_000,
        batch_size: int = 1000,
        flush_interval: float = 1.0,
        timeout: float = 5.0,
        close_timeout: float = 3.0,
    ) -> None:
        """
        Args:
            url: of Vigia's admin listener, or of its public API, which asks for a token.
            model: its name; may be left out where Vigia has only one, or a default one.
            token: the bearer token. Without it, the first line of `token_file`, or else the environment variable
                VIGIA_TOKEN.
            queue_size: observations that may wait; what comes beyond that is dropped.
            batch_size: observations that are sent together, 10,000 at most.
            flush_interval: seconds that an observation waits for others.
            timeout: seconds that Vigia may take for a batch of them.
            close_timeout: seconds that `close`, `flush` or the end of the process may take for what still waits.

        Raises ValueError or OSError for an address, a name or a token that cannot be right.
        """
        for name, value in (("queue_size", queue_size), ("batch_size", batch_size)):
            if value < 1:
                raise ValueError(f"{name} must be at least 1")
        for name, seconds in (("timeout", timeout), ("flush_interval", flush_interval)):
            if not seconds > 0:
                raise ValueError(f"{name} must be more than 0 seconds")
        if model == "":
            raise ValueError("model must be a name, or None for the only or default one")
        self._address = Address.parse(url)
        self._connect = partial(Connection, self._address, Token(token, token_file))
        self._path = "/observations" if model is None else f"/models/{quote(model, safe='')}/observations"
        self._notices = Notices()
        self._sender = Sender(
            self._connect,
            self._path,
            self._notices,
            queue_size=queue_size,
            batch_size=min(batch_size, 10_000, queue_size),
            flush_interval_s=flush_interval,
            timeout_s=timeout,
            close_timeout_s=close_timeout,
        )
        # one that is forgotten without close() must not leave its thread behind
        weakref.finalize(self, self._sender.ask_to_close).atexit = False

    def __repr__(self) -> str:
        return f"<Watcher {self._address}{self._path}>"

    @property
    def sent(self) -> int:
        """Rows that Vigia has accepted."""
        return self._sender.sent

    @property
    def refused(self) -> int:
        """Rows that mean nothing to Vigia, or that it would not take."""
        return self._sender.refused

    @property
    def dropped(self) -> int:
        """Rows that have not reached Vigia: the queue was full, or it did not answer for too long."""
        return self._sender.dropped

    def observe(self, features: Any, *, score: Any, prediction: Any = None, key: Any = None, time: Any = None) -> None:
        """Notes one prediction, and returns at once. Never raises.

        Args:
            features: names and values; a dict, a row of a frame, a model of Pydantic.
            score: the probability of the positive class.
            prediction: the class that was answered; without it, Vigia takes the one that the score means.
            key: an own key of the case, by which its outcome is found later.
            time: when the prediction was made; now, if not given.
        """
        try:
            line = encode_new_observation(features, score, prediction, key, time)
        except Exception as error:
            self.refuse(error)
        else:
            self._sender.put(line)

    def refuse(self, error: Exception) -> None:
        """Counts a prediction that cannot be observed, and says once why."""
        self._sender.settle(refused=1)
        self._notices.warn("unfit", "A prediction cannot be observed: %s. Others like it are only counted", error)

    def observe_frame(
        self,
        frame: Any,
        score: str,
        *,
        prediction: str | None = None,
        key: str | None = None,
        time: str | None = None,
        features: Collection[str] | None = None,
        ids: bool = False,
    ) -> Receipt:
        """Notes the predictions of a table, in batches of up to 1,000, and waits for each to be taken.

        Args:
            frame: a DataFrame of pandas or Polars, anything else with `to_dict("records")`, or an iterable of dicts.
            score, prediction, key, time: the names of the columns that hold them, see `observe`.
            features: the columns that are features; without it all others are.
            ids: whether to bring back the ids, by which outcomes can be reported.

        Raises ValueError where a column is missing, VigiaError where Vigia does not answer or refuses everything. Its
        `receipt` says what was accepted before.
        """
        columns = {"score": score, "prediction": prediction, "key": key, "time": time}
        given = {name: column for name, column in columns.items() if column is not None}
        job = ObservedFrame(frame, given, features, ids)
        try:
            job.send(self._connect(), self._path)
        finally:
            self._sender.settle(sent=job.receipt.accepted, refused=job.receipt.invalid)
        return job.receipt

    def outcomes(self, rows: Any) -> OutcomesReceipt:
        """Reports what became of predictions: rows with `id` and `outcome`, or pairs of them, or a frame.

        Sending again is safe: Vigia counts the first outcome of a prediction. Raises VigiaError as `observe_frame`.
        """
        return send_outcomes(self._connect(), rows)

    def flush(self, timeout: float | None = None) -> bool:
        """Sends what waits, and waits for the answers, for `timeout` or else `close_timeout` seconds at most.

        Returns whether Vigia has answered for all that was observed before.
        """
        return self._sender.flush(timeout)

    def close(self) -> None:
        """Sends what waits, for `close_timeout` seconds at most, and counts the rest as dropped."""
        self._sender.close()

    def __enter__(self) -> Watcher:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

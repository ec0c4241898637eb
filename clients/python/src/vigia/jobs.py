"""What a job sends: whole tables, in batches, each of which waits for its answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from .answers import faults_of, receipt_of
from .delivery import GaveUp, UntilDeadline, deliver
from .frames import batches, first_of, rows_of
from .receipts import Fault, OutcomesReceipt, Receipt, VigiaError
from .rows import UnfitRow, encode_observation, encode_outcome
from .server import Connection

# How long a job waits for a Vigia that does not answer, and for one answer.
_GIVE_UP_AFTER_S = 120.0
_TIMEOUT_S = 30.0

Take = Callable[[dict[str, Any], list[int]], None]


class ObservedFrame:
    """Sends the predictions of a table; see `Watcher.observe_frame`."""

    def __init__(
        self,
        frame: Any,
        columns: dict[str, str],
        features: Collection[str] | None,
        ids: bool,
    ) -> None:
        first, self._rows = first_of(rows_of(frame))
        if first is not None:
            _require_columns(first, [*columns.values(), *(() if features is None else features)])
        self._columns = columns
        self._others = frozenset(columns.values())
        self._features = features
        self.receipt = Receipt(ids=[] if ids else None)

    def send(self, connection: Connection, path: str) -> None:
        """Raises VigiaError."""
        _send_all(
            connection,
            path if self.receipt.ids is not None else f"{path}?ids=false",
            batches(self._rows, self._encode, self._refuse),
            self.receipt,
            self._take,
        )

    def _encode(self, row: Any) -> bytes:
        if not hasattr(row, "items"):
            raise UnfitRow("", f"is of type {type(row).__name__}: it must be a dict")
        if self._features is None:
            features = {name: value for name, value in row.items() if name not in self._others}
        else:
            features = {name: row[name] for name in self._features if name in row}
        return encode_observation(features, **{name: row.get(column) for name, column in self._columns.items()})

    def _refuse(self, fault: Fault) -> None:
        self.receipt.add_invalid(1, [fault])
        self._place_ids([fault.index], [None])

    def _take(self, body: dict[str, Any], positions: list[int]) -> None:
        accepted = min(body.get("accepted", 0), len(positions))
        self.receipt.accepted += accepted
        self.receipt.add_invalid(len(positions) - accepted, faults_of(body, positions))
        self._place_ids(positions, body.get("ids", ()))

    def _place_ids(self, positions: list[int], ids: Sequence[str | None]) -> None:
        placed = self.receipt.ids
        if placed is None:
            return
        placed.extend([None] * (positions[-1] + 1 - len(placed)))
        for position, identifier in zip(positions, ids, strict=False):
            placed[position] = identifier


def _require_columns(row: Any, columns: Iterable[str]) -> None:
    if not hasattr(row, "items"):
        return
    for column in columns:
        if column not in row:
            has = ", ".join(map(str, list(row)[:20]))
            raise ValueError(f"there is no column {column!r}: the first row has {has} (an index is no column)")


def send_outcomes(connection: Connection, rows: Any) -> OutcomesReceipt:
    """See `Watcher.outcomes`. Raises VigiaError."""
    receipt = OutcomesReceipt()

    def refuse(fault: Fault) -> None:
        receipt.add_invalid(1, [fault])

    def take(body: dict[str, Any], positions: list[int]) -> None:
        receipt.accepted += body.get("accepted", 0)
        receipt.duplicate += body.get("duplicate", 0)
        receipt.expired += body.get("expired", 0)
        receipt.add_invalid(len(body.get("invalid", ())), faults_of(body, positions))

    _send_all(connection, "/outcomes", batches(rows_of(rows), encode_outcome, refuse), receipt, take)
    return receipt


def _send_all(
    connection: Connection,
    path: str,
    parts: Iterator[tuple[list[int], list[bytes]]],
    receipt: Receipt | OutcomesReceipt,
    take: Take,
) -> None:
    try:
        for positions, lines in parts:
            try:
                answer = deliver(connection, path, lines, UntilDeadline(_TIMEOUT_S, _GIVE_UP_AFTER_S))
            except GaveUp as error:
                raise VigiaError(f"Vigia {error}", error.status, receipt) from error
            body = receipt_of(answer)
            if body is None:
                raise VigiaError(f"Vigia refuses them ({answer.status}): {answer.detail}", answer.status, receipt)
            take(body, positions)
    finally:
        connection.close()

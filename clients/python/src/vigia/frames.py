"""Frames and iterables as rows, a few at a time, and rows as batches of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

from .delivery import MAX_BATCH_BYTES
from .receipts import Fault
from .rows import UnfitRow
from .values import single_precision

BATCH_ROWS = 1000


def rows_of(frame: Any) -> Iterator[Any]:
    """The rows of a frame, each a dict, or what an iterable gives. A frame of pandas is read in slices."""
    if hasattr(frame, "iter_rows"):
        yield from _rows_of_polars(frame)
    elif not hasattr(frame, "to_dict"):
        if isinstance(frame, (str, bytes)) or hasattr(frame, "keys") or not isinstance(frame, Iterable):
            raise TypeError(f"rows must be a frame or an iterable of dicts, not of type {type(frame).__name__}")
        yield from frame
    elif hasattr(frame, "iloc"):
        for start in range(0, len(frame), BATCH_ROWS):
            yield from _records(frame.iloc[start : start + BATCH_ROWS])
    else:
        yield from frame.to_dict("records")


def _rows_of_polars(frame: Any) -> Iterator[dict[str, Any]]:
    """Those of `iter_rows`, with 0.1 in a column of Float32 in place of 0.10000000149011612."""
    singles = [name for name, dtype in frame.schema.items() if str(dtype) == "Float32"]
    for row in frame.iter_rows(named=True):
        for name in singles:
            if row[name] is not None:
                row[name] = single_precision(row[name])
        yield row


def _records(frame: Any) -> list[dict[Any, Any]]:
    """Those of `to_dict`, which makes 0.10000000149011612 of the 0.1 in a column of float32: here it stays as it is."""
    records: list[dict[Any, Any]] = frame.to_dict("records")
    for position, (name, dtype) in enumerate(frame.dtypes.items()):
        if getattr(dtype, "kind", None) == "f" and dtype.itemsize < 8:
            for record, value in zip(records, frame.iloc[:, position].to_numpy(), strict=True):
                record[name] = value
    return records


def batches(
    rows: Iterable[Any], encode: Callable[[Any], bytes], on_fault: Callable[[Fault], None]
) -> Iterator[tuple[list[int], list[bytes]]]:
    """Lines to send together, with the positions of their rows, which need not be consecutive."""
    positions: list[int] = []
    lines: list[bytes] = []
    size = 0
    for index, row in enumerate(rows):
        try:
            line = encode(row)
        except UnfitRow as error:
            on_fault(Fault(index, error.pointer, "unfit", error.message))
            continue
        if lines and (len(lines) == BATCH_ROWS or size + len(line) >= MAX_BATCH_BYTES):
            yield positions, lines
            positions, lines, size = [], [], 0
        positions.append(index)
        lines.append(line)
        size += len(line) + 1
    if lines:
        yield positions, lines


def first_of(rows: Iterator[Any]) -> tuple[Any, Iterator[Any]]:
    """The first row, None without any, and all of them."""
    first = list(islice(rows, 1))
    return (first[0] if first else None), chain(first, rows)

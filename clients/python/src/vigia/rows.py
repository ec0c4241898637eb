"""Observations and outcomes as lines of JSON."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

from .values import PLAIN, UnfitValue, json_value, key_text, label_text, now_text, time_text

MAX_ROW_BYTES = 256 * 1024

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, check_circular=False).encode


class UnfitRow(ValueError):
    """A row that cannot be sent: where, as a JSON pointer, and why."""

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(f"{pointer} {message}".lstrip())
        self.pointer = pointer
        self.message = message


def encode_observation(features: Any, score: Any, prediction: Any = None, key: Any = None, time: Any = None) -> bytes:
    """One line, without the line break. Members that are None are left out, but for the score and features.

    Raises UnfitRow.
    """
    row: dict[str, Any] = {
        "features": _features_of(features),
        "score": score if type(score) is int else _meant("/score", json_value, score),
    }
    if prediction is not None:
        row["prediction"] = _meant("/prediction", label_text, prediction)
    if key is not None:
        row["key"] = _meant("/key", key_text, key)
    if time is not None:
        row["time"] = _meant("/time", time_text, time)
    return _line({name: value for name, value in row.items() if value is not None or name == "score"})


def encode_new_observation(
    features: Any, score: Any, prediction: Any = None, key: Any = None, time: Any = None
) -> bytes:
    """The same of a prediction that was just made, where no time is given."""
    return encode_observation(features, score, prediction, key, now_text() if time is None else time)


def encode_outcome(row: Any) -> bytes:
    """One outcome: a dict with `id` and `outcome`, or a pair of them. Raises UnfitRow."""
    if hasattr(row, "keys"):
        missing = [name for name in ("id", "outcome") if name not in row]
        if missing:
            raise UnfitRow(f"/{missing[0]}", "is missing")
        identifier, outcome = row["id"], row["outcome"]
    else:
        try:
            identifier, outcome = row
        except (TypeError, ValueError):
            raise UnfitRow("", "is neither a dict with id and outcome nor a pair of them") from None
    return _line({"id": _meant("/id", json_value, identifier), "outcome": _meant("/outcome", label_text, outcome)})


def _features_of(features: Any) -> dict[str, Any]:
    # a row of a frame is a Series, what a FastAPI route takes is a model of Pydantic
    if not hasattr(features, "items") and hasattr(features, "model_dump"):
        features = features.model_dump()
    if not hasattr(features, "items"):
        raise UnfitRow("/features", f"is of type {type(features).__name__}: it must be a dict of names and values")
    return {
        name if type(name) is str else str(name): (
            value if type(value) in PLAIN or (type(value) is float and isfinite(value)) else _meant_feature(name, value)
        )
        for name, value in features.items()
    }


def _meant_feature(name: Any, value: Any) -> Any:
    try:
        return json_value(value)
    except Exception as error:  # whatever the value's own methods raise
        token = str(name).replace("~", "~0").replace("/", "~1")
        raise UnfitRow(f"/features/{token}", _why(value, error)) from error


def _meant(pointer: str, convert: Any, value: Any) -> Any:
    try:
        return convert(value)
    except Exception as error:
        raise UnfitRow(pointer, _why(value, error)) from error


def _why(value: Any, error: Exception) -> str:
    if isinstance(error, UnfitValue):
        return str(error)
    return f"is of type {type(value).__name__} and cannot be read ({type(error).__name__})"


def _line(row: dict[str, Any]) -> bytes:
    try:
        line = _encode(row).encode("ascii")
    except ValueError as error:  # an integer of thousands of digits
        raise UnfitRow("", "cannot be written as JSON") from error
    if len(line) > MAX_ROW_BYTES:
        raise UnfitRow("", f"takes more than {MAX_ROW_BYTES} bytes")
    return line

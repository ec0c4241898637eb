"""What values of Python, numpy and pandas mean in JSON.

Neither numpy nor pandas is imported: their values are known by what they can do.
"""

from __future__ import annotations

import datetime
import decimal
import enum
import math
import numbers
import struct
import uuid
from typing import Any, TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | None"

PLAIN: frozenset[type] = frozenset((str, int, bool, type(None)))

# JSON has no infinity. A number beyond double precision is read as one, and refused as one.
_BEYOND_DOUBLE = 10**309


class UnfitValue(ValueError):
    """A value that means nothing to Vigia."""


def json_value(value: Any) -> JsonValue:
    """The JSON value that a cell of a table means; a missing one (None, NaN, NaT, pd.NA) is None.

    Raises UnfitValue for what is no single value, such as a list.
    """
    if type(value) in PLAIN:
        return value  # type: ignore[no-any-return]
    if isinstance(value, float):
        return _finite(float(value))
    if _is_missing(value):
        return None
    if isinstance(value, enum.Enum):
        return json_value(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, uuid.UUID):
        return str(value)
    if getattr(value, "ndim", None) == 0:
        return _scalar_value(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, (numbers.Real, decimal.Decimal)):
        return _finite(float(value))
    if type(value).__module__.partition(".")[0] == "pandas" and not hasattr(value, "__len__"):
        # an interval or a period, as it stands in a table that pandas has written
        return str(value)
    raise _unfit(value)


def _scalar_value(value: Any) -> JsonValue:
    """Of a numpy scalar, or of an array or tensor that has no dimension."""
    dtype: Any = getattr(value, "dtype", None)
    kind = getattr(dtype, "kind", None)
    if kind == "f":
        # the shortest number that means this one: 0.1 rather than 0.10000000149011612
        return _finite(float(str(value)) if dtype.itemsize < 8 else float(value))
    if kind == "M":
        return str(value)
    if kind == "m":
        return float(value.astype("timedelta64[ns]").astype("int64")) / 1e9
    item = value.item()
    if getattr(item, "ndim", None) == 0:
        raise _unfit(value)
    return json_value(item)


def single_precision(value: float) -> float:
    """Of a number of single precision, a short one that means it: 0.1 rather than 0.10000000149011612."""
    if not math.isfinite(value):
        return value
    return next(
        shorter
        for shorter in (float(f"{value:.{digits}g}") for digits in range(6, 18))
        if struct.pack("f", shorter) == struct.pack("f", value)
    )


def _unfit(value: Any) -> UnfitValue:
    return UnfitValue(f"is of type {type(value).__name__}: it must be a number, a string, a boolean or a date")


def _finite(value: float) -> JsonValue:
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return None
    return _BEYOND_DOUBLE if value > 0 else -_BEYOND_DOUBLE


def _is_missing(value: Any) -> bool:
    try:
        # NaN and NaT are not equal to themselves
        return bool(value != value)
    except Exception:  # an array has no single truth value, and neither has pd.NA
        return type(value).__name__ == "NAType"


def label_text(value: Any) -> str | None:
    """The text of a class: 1 is "1" and True is "True", as in a table that pandas has written."""
    meant = json_value(value)
    return meant if meant is None or isinstance(meant, str) else str(meant)


def key_text(value: Any) -> str | None:
    """The text of an own key. A whole number that pandas made a float is written without its ".0"."""
    meant = json_value(value)
    if isinstance(meant, float) and meant.is_integer():
        meant = int(meant)
    return meant if meant is None or isinstance(meant, str) else str(meant)


def time_text(value: Any) -> str | None:
    """A point in time as ISO 8601 in UTC.

    A datetime without a time zone is local time, one of pandas or numpy is in UTC: each as its own `timestamp()` has
    it. A number is seconds since 1970. A text is passed on as it is.
    """
    if _is_missing(value):
        return None
    if isinstance(value, datetime.datetime):
        return _iso(value.timestamp())
    if isinstance(value, datetime.date):
        return f"{value.isoformat()}T00:00:00.000Z"
    if getattr(getattr(value, "dtype", None), "kind", None) == "M":
        return f"{value.astype('datetime64[ms]')}Z"
    meant = json_value(value)
    if meant is None or isinstance(meant, str):
        return meant
    try:
        return _iso(meant)
    except (ValueError, OverflowError, OSError):
        raise UnfitValue("is no time: a number is seconds since 1970") from None


def now_text() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"


def _iso(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"

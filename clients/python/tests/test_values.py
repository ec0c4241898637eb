from __future__ import annotations

import datetime
import enum
import json
import math
import struct
import unittest
import uuid
from decimal import Decimal
from fractions import Fraction
from typing import Any

from vigia.frames import rows_of
from vigia.rows import UnfitRow, encode_observation, encode_outcome
from vigia.values import json_value, key_text, label_text, single_precision, time_text

try:
    import numpy
    import pandas
except ImportError:
    numpy = pandas = None

UTC = datetime.timezone.utc


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Name(str):
    pass


class Hostile:
    """Raises whatever is asked of it."""

    def __ne__(self, other: object) -> bool:
        raise RuntimeError("no")

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("no")


class AValue(unittest.TestCase):
    def test_of_single_precision_is_a_short_number_that_means_it(self) -> None:
        for text in ("0.1", "-0.3", "1.5", "0.0", "3.4028235e+38", "0.33333334", "inf"):
            value = struct.unpack("f", struct.pack("f", float(text)))[0]
            self.assertEqual(single_precision(value), float(text))
        self.assertTrue(math.isnan(single_precision(float("nan"))))

    def check(self, value: Any, meant: Any) -> None:
        found = json_value(value)
        self.assertEqual(found, meant, repr(value))
        self.assertIs(type(found), type(meant), repr(value))

    def test_of_python_is_what_it_means(self) -> None:
        cases: list[tuple[Any, Any]] = [
            (None, None),
            (True, True),
            (7, 7),
            (0.25, 0.25),
            ("good", "good"),
            (float("nan"), None),
            (Decimal("1.5"), 1.5),
            (Decimal("NaN"), None),
            (Fraction(1, 4), 0.25),
            (Colour.RED, "red"),
            (Level.HIGH, 3),
            (Name("x"), "x"),
            (datetime.date(2026, 1, 2), "2026-01-02"),
            (datetime.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),
            (datetime.timedelta(minutes=2), 120.0),
            (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ]
        for value, meant in cases:
            self.check(value, meant)

    def test_that_is_infinite_is_read_as_infinite(self) -> None:
        for value in (float("inf"), Decimal("Infinity"), *([numpy.float32("inf")] if numpy else [])):
            self.assertEqual(float(json.dumps(json_value(value)) + ".0"), float("inf"))
        self.assertEqual(float(json.dumps(json_value(float("-inf"))) + ".0"), float("-inf"))

    def test_that_is_no_single_value_is_refused_with_its_place(self) -> None:
        for value in ([1], {"a": 1}, object(), b"bytes", Hostile(), 10**5000):
            with self.assertRaises(UnfitRow) as caught:
                encode_observation({"fine": 1, "a/b": value}, 0.5)
            self.assertIn(caught.exception.pointer, ("/features/a~1b", ""))

    @unittest.skipIf(numpy is None, "numpy and pandas are not installed")
    def test_of_numpy_is_what_it_means(self) -> None:
        cases: list[tuple[Any, Any]] = [
            (numpy.int64(7), 7),
            (numpy.uint8(7), 7),
            (numpy.bool_(True), True),
            (numpy.float64(0.1), 0.1),
            (numpy.float64("nan"), None),
            (numpy.float32(0.1), 0.1),
            (numpy.float32("nan"), None),
            (numpy.float16(0.5), 0.5),
            (numpy.str_("x"), "x"),
            (numpy.array(3), 3),
            (numpy.array(0.5, dtype=numpy.float32), 0.5),
            (numpy.datetime64("NaT"), None),
            (numpy.timedelta64("NaT"), None),
            (numpy.timedelta64(2, "m"), 120.0),
            (numpy.datetime64("2026-01-02"), "2026-01-02"),
        ]
        for value, meant in cases:
            self.check(value, meant)
        for value in (numpy.array([1]), numpy.array([1, 2]), numpy.array([])):
            self.assertRaises(ValueError, json_value, value)

    @unittest.skipIf(pandas is None, "numpy and pandas are not installed")
    def test_of_pandas_is_what_it_means(self) -> None:
        cases: list[tuple[Any, Any]] = [
            (pandas.NA, None),
            (pandas.NaT, None),
            (pandas.Timestamp("2026-01-02T03:04:05"), "2026-01-02T03:04:05"),
            (pandas.Timedelta("2min"), 120.0),
            (pandas.Interval(0, 10), "(0, 10]"),
            (pandas.Period("2026-01", "M"), "2026-01"),
            (pandas.Categorical(["a"])[0], "a"),
            (pandas.array([1, None], dtype="Int64")[0], 1),
        ]
        for value, meant in cases:
            self.check(value, meant)
        for value in (pandas.Series([1]), pandas.DataFrame({"a": [1]}), pandas.Categorical(["a"])):
            self.assertRaises(ValueError, json_value, value)

    @unittest.skipIf(pandas is None, "numpy and pandas are not installed")
    def test_of_each_column_of_a_frame_is_written(self) -> None:
        frame = pandas.DataFrame(
            {
                "int": pandas.array([1, None], dtype="Int64"),
                "Float32": pandas.array([0.1, None], dtype="Float32"),
                "float32": numpy.array([0.1, numpy.nan], dtype=numpy.float32),
                "bool": [True, False],
                "text": ["a", None],
                "category": pandas.Categorical(["x", None]),
                "time": pandas.to_datetime(["2026-01-02", None]),
            }
        )
        first, second = (json.loads(encode_observation(row, 0.5))["features"] for row in rows_of(frame))
        self.assertEqual(
            first,
            {
                "int": 1,
                "Float32": 0.1,
                "float32": 0.1,
                "bool": True,
                "text": "a",
                "category": "x",
                "time": "2026-01-02T00:00:00",
            },
        )
        self.assertEqual([name for name, value in second.items() if value is not None], ["bool"])
        # a row of a frame as it is
        series = json.loads(encode_observation(frame.iloc[0], 0.5))
        self.assertEqual(series["features"], first)


class ARow(unittest.TestCase):
    def test_has_the_members_that_were_given(self) -> None:
        line = encode_observation({"age": 30, 7: None}, 0.25, True, 17, datetime.datetime(2026, 1, 2, tzinfo=UTC))
        self.assertEqual(
            json.loads(line),
            {
                "features": {"age": 30, "7": None},
                "score": 0.25,
                "prediction": "True",
                "key": "17",
                "time": "2026-01-02T00:00:00.000Z",
            },
        )

    def test_leaves_out_what_is_missing_but_for_the_score(self) -> None:
        nan = float("nan")
        line = encode_observation({}, nan, nan, None, nan)
        self.assertEqual(json.loads(line), {"features": {}, "score": None})

    def test_is_refused_when_its_features_are_no_dict_or_it_is_too_long(self) -> None:
        with self.assertRaisesRegex(UnfitRow, "^/features is of type list: it must be a dict"):
            encode_observation([1], 0.5)
        with self.assertRaisesRegex(UnfitRow, "takes more than 262144 bytes"):
            encode_observation({"a": "x" * 300_000}, 0.5)

    def test_takes_a_model_of_pydantic(self) -> None:
        class Model:
            def model_dump(self) -> dict[str, Any]:
                return {"age": 30}

        self.assertEqual(json.loads(encode_observation(Model(), 1))["features"], {"age": 30})

    def test_of_outcomes_is_a_dict_or_a_pair(self) -> None:
        self.assertEqual(json.loads(encode_outcome({"id": "a", "outcome": 1})), {"id": "a", "outcome": "1"})
        self.assertEqual(json.loads(encode_outcome(("a", "bad"))), {"id": "a", "outcome": "bad"})
        with self.assertRaisesRegex(UnfitRow, "/outcome is missing"):
            encode_outcome({"id": "a"})
        with self.assertRaisesRegex(UnfitRow, "neither a dict"):
            encode_outcome(7)


class Texts(unittest.TestCase):
    def test_of_classes_are_as_in_a_table(self) -> None:
        for value, text in ((1, "1"), (True, "True"), ("bad", "bad"), (1.0, "1.0"), (None, None)):
            self.assertEqual(label_text(value), text)

    def test_of_keys_have_no_fraction_that_a_missing_value_brought(self) -> None:
        for value, text in ((123, "123"), (123.0, "123"), ("a-1", "a-1"), (float("nan"), None), (1.5, "1.5")):
            self.assertEqual(key_text(value), text)

    def test_of_times_are_in_utc(self) -> None:
        plus_two = datetime.timezone(datetime.timedelta(hours=2))
        local = datetime.datetime(2026, 1, 2, 3)
        cases: list[tuple[Any, str | None]] = [
            (datetime.datetime(2026, 1, 2, 3, tzinfo=plus_two), "2026-01-02T01:00:00.000Z"),
            (local, local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")),
            (datetime.date(2026, 1, 2), "2026-01-02T00:00:00.000Z"),
            (0, "1970-01-01T00:00:00.000Z"),
            (1.5, "1970-01-01T00:00:01.500Z"),
            ("2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z"),
            (float("nan"), None),
        ]
        if pandas is not None:
            cases += [
                (pandas.Timestamp("2026-01-02T03:00"), "2026-01-02T03:00:00.000Z"),
                (pandas.Timestamp("2026-01-02T03:00+02:00"), "2026-01-02T01:00:00.000Z"),
                (numpy.datetime64("2026-01-02"), "2026-01-02T00:00:00.000Z"),
                (pandas.NaT, None),
            ]
        for value, text in cases:
            self.assertEqual(time_text(value), text, repr(value))
        self.assertRaises(ValueError, time_text, 1e300)
        self.assertRaises(ValueError, time_text, [1])

from __future__ import annotations

import threading
import unittest
from collections.abc import Iterator
from typing import Any
from unittest import mock

from vigia import OutcomesReceipt, VigiaError, Watcher

from .support import Reply, Request, Server, accept_all, closed_port

try:
    import pandas
except ImportError:
    pandas = None
try:
    import polars
except ImportError:
    polars = None


def scored(count: int) -> Iterator[dict[str, Any]]:
    return ({"id": number, "age": 20 + number % 50, "p": 0.5} for number in range(count))


class PolarsFrame:
    """As much of the DataFrame of Polars as is used of it; its `to_dict` gives columns."""

    def __init__(self, rows: list[dict[str, Any]], schema: dict[str, str]) -> None:
        self.schema = schema
        self._rows = rows

    def to_dict(self, *, as_series: bool = True) -> dict[str, list[Any]]:
        raise AssertionError("this takes all the memory of the table once more")

    def iter_rows(self, *, named: bool = False) -> Iterator[Any]:
        return iter(self._rows if named else [tuple(row.values()) for row in self._rows])


def give_ids(request: Request, number: int) -> Reply:
    """Refuses those that are 13 years old."""
    rows = request.rows
    invalid = [
        {"index": index, "pointer": "/features/age", "code": "type", "message": "must be number"}
        for index, row in enumerate(rows)
        if row["features"]["age"] == 13
    ]
    ids = [None if row["features"]["age"] == 13 else f"id of {row['key']}" for row in rows]
    return Reply(202, {"accepted": len(rows) - len(invalid), "ids": ids, "invalid": invalid})


class AFrame(unittest.TestCase):
    def test_is_sent_in_batches_of_a_thousand(self) -> None:
        with Server() as server, Watcher(server.url, "churn") as watcher:
            receipt = watcher.observe_frame(scored(2500), score="p", key="id")
            self.assertEqual((receipt.accepted, receipt.invalid, receipt.faults, receipt.ids), (2500, 0, [], None))
            self.assertEqual([len(request.rows) for request in server.requests], [1000, 1000, 500])
            self.assertEqual({request.path for request in server.requests}, {"/models/churn/observations?ids=false"})
            self.assertEqual(len({request.headers["idempotency-key"] for request in server.requests}), 3)
            self.assertEqual(server.rows[1234], {"features": {"age": 54}, "score": 0.5, "key": "1234"})
            self.assertEqual((watcher.sent, watcher.refused), (2500, 0))

    def test_is_read_no_faster_than_it_is_taken(self) -> None:
        taken = threading.Event()
        read = 0

        def rows() -> Iterator[dict[str, Any]]:
            nonlocal read
            for row in scored(5000):
                read += 1
                yield row

        read_at: list[int] = []

        def answer(request: Request, number: int) -> Reply:
            read_at.append(read)
            taken.wait(0.05)
            read_at.append(read)
            return accept_all(request, number)

        with Server(answer) as server, Watcher(server.url) as watcher:
            watcher.observe_frame(rows(), score="p")
        # one row more than a batch shows that it is full
        self.assertEqual(read_at, [1001, 1001, 2001, 2001, 3001, 3001, 4001, 4001, 5000, 5000])

    def test_has_columns_for_all_that_an_observation_has(self) -> None:
        rows = [{"a": 1, "b": 2, "label": True, "p": 0.5, "at": 0, "c": 3}]
        with Server() as server, Watcher(server.url) as watcher:
            watcher.observe_frame(rows, score="p", prediction="label", time="at", features=["a", "b"])
            expected = {"score": 0.5, "prediction": "True", "time": "1970-01-01T00:00:00.000Z"}
            self.assertEqual(server.rows, [{**expected, "features": {"a": 1, "b": 2}}])
            watcher.observe_frame(rows, score="p", prediction="label", time="at")
            self.assertEqual(server.rows[1], {**expected, "features": {"a": 1, "b": 2, "c": 3}})

    def test_takes_features_from_what_has_no_truth_value(self) -> None:
        # as the columns of a frame and `feature_names_in_` of scikit-learn have none
        class Names(list[str]):
            def __bool__(self) -> bool:
                raise ValueError("the truth value is ambiguous")

        with Server() as server, Watcher(server.url) as watcher:
            watcher.observe_frame(scored(1), score="p", features=Names(["age"]))
            self.assertEqual(server.rows, [{"features": {"age": 20}, "score": 0.5}])

    def test_that_lacks_a_column_is_refused_before_anything_is_sent(self) -> None:
        with Server() as server, Watcher(server.url) as watcher:
            for columns in ({"score": "q"}, {"score": "p", "key": "q"}, {"score": "p", "features": ["age", "q"]}):
                with self.assertRaisesRegex(ValueError, "no column 'q': the first row has id, age, p"):
                    watcher.observe_frame(scored(2), **columns)
            for rows in (7, "text", {"age": 30}):
                with self.assertRaisesRegex(TypeError, "must be a frame or an iterable of dicts"):
                    watcher.observe_frame(rows, score="p")
            self.assertEqual(watcher.observe_frame([], score="p").accepted, 0)
            self.assertEqual(server.requests, [])

    def test_tells_which_rows_were_not_taken_and_the_ids_of_the_others(self) -> None:
        rows: list[Any] = [{"id": number, "age": 20, "p": 0.5} for number in range(1500)]
        rows[1]["age"] = [20]
        rows[3]["age"] = 13
        rows[1200] = "no dict"
        rows[1400]["age"] = 13
        with Server(give_ids) as server, Watcher(server.url) as watcher:
            receipt = watcher.observe_frame(rows, score="p", key="id", ids=True)
            self.assertEqual((receipt.accepted, receipt.invalid), (1496, 4))
            self.assertEqual(sorted(fault.index for fault in receipt.faults), [1, 3, 1200, 1400])
            by_index = {fault.index: fault for fault in receipt.faults}
            self.assertEqual((by_index[3].pointer, by_index[3].code), ("/features/age", "type"))
            self.assertEqual((by_index[1].pointer, by_index[1].code), ("/features/age", "unfit"))
            ids = [None if number in by_index else f"id of {number}" for number in range(1500)]
            self.assertEqual(receipt.ids, ids)
            self.assertEqual(server.requests[0].path, "/observations")
            self.assertEqual((watcher.sent, watcher.refused), (1496, 4))

    def test_whose_last_rows_are_unfit_has_an_id_or_none_for_each(self) -> None:
        rows = [{"age": 20, "p": 0.5, "id": 0}, {"age": [20], "p": 0.5, "id": 1}]
        with Server(give_ids) as server, Watcher(server.url) as watcher:
            self.assertEqual(watcher.observe_frame(rows, score="p", key="id", ids=True).ids, ["id of 0", None])

    def test_of_which_no_row_is_taken_is_no_error(self) -> None:
        fault = {"index": 0, "pointer": "/score", "code": "type", "message": "must be number"}
        for status in (202, 422):
            with (
                Server(
                    lambda request, number, status=status: Reply(status, {"invalid": [fault], "accepted": 0})
                ) as server,
                Watcher(server.url) as watcher,
            ):
                receipt = watcher.observe_frame([{"p": None}], score="p")
                self.assertEqual(
                    (receipt.accepted, receipt.invalid, receipt.faults[0].message), (0, 1, "must be number")
                )

    def test_of_which_many_rows_are_invalid_counts_those_that_vigia_does_not_tell_of(self) -> None:
        fault = {"index": 0, "pointer": "/score", "code": "invalid_score", "message": "must be a number"}
        body = {"accepted": 2, "invalid": [fault], "moreInvalid": 7}
        with Server(lambda request, number: Reply(202, body)) as server, Watcher(server.url) as watcher:
            receipt = watcher.observe_frame(scored(10), score="p")
            self.assertEqual((receipt.accepted, receipt.invalid, len(receipt.faults)), (2, 8, 1))
            self.assertEqual((watcher.sent, watcher.refused), (2, 8))

    def test_that_came_before_counts_what_was_made_of_it_then(self) -> None:
        def answer(request: Request, number: int) -> Reply:
            accepted = 0 if number == 1 else 2
            # without an id of each, and without the faults
            body = {"accepted": accepted, "invalid": [], "moreInvalid": 10 - accepted, "duplicate": True}
            return Reply(202 if accepted else 422, body)

        with Server(answer) as server, Watcher(server.url) as watcher:
            for accepted in (2, 0):
                receipt = watcher.observe_frame(scored(10), score="p", ids=True)
                self.assertEqual((receipt.accepted, receipt.invalid, receipt.faults), (accepted, 10 - accepted, []))
                self.assertEqual(receipt.ids, [None] * 10)
            self.assertEqual((watcher.sent, watcher.refused), (2, 18))

    def test_that_vigia_refuses_is_an_error_that_says_what_was_taken_before(self) -> None:
        def answer(request: Request, number: int) -> Reply:
            return accept_all(request, number) if number < 2 else Reply(401, {"detail": "send the token"})

        with Server(answer) as server, Watcher(server.url) as watcher:
            with self.assertRaisesRegex(VigiaError, r"refuses them \(401\): send the token") as caught:
                watcher.observe_frame(scored(5000), score="p")
            self.assertEqual((caught.exception.status, caught.exception.receipt.accepted), (401, 2000))
            self.assertEqual((len(server.requests), watcher.sent), (3, 2000))

    def test_waits_for_a_vigia_in_trouble_and_is_an_error_when_that_takes_too_long(self) -> None:
        def answer(request: Request, number: int) -> Reply | None:
            return accept_all(request, number) if number == 2 else (None if number == 1 else Reply(503))

        with Server(answer) as server, Watcher(server.url) as watcher:
            self.assertEqual(watcher.observe_frame(scored(3), score="p").accepted, 3)
            self.assertEqual(len({request.headers["idempotency-key"] for request in server.requests}), 1)
        with mock.patch("vigia.jobs._GIVE_UP_AFTER_S", 0), Watcher(f"http://127.0.0.1:{closed_port()}") as watcher:
            with self.assertRaisesRegex(VigiaError, "^Vigia cannot be reached: Connection refused$") as caught:
                watcher.observe_frame(scored(3), score="p")
            self.assertEqual((caught.exception.status, caught.exception.receipt.accepted), (None, 0))

    def test_may_be_anything_with_to_dict(self) -> None:
        class Frame:
            def to_dict(self, orient: str) -> list[dict[str, Any]]:
                assert orient == "records"
                return list(scored(3))

        with Server() as server, Watcher(server.url) as watcher:
            self.assertEqual(watcher.observe_frame(Frame(), score="p").accepted, 3)

    def test_of_polars_is_read_by_its_rows(self) -> None:
        rows = [{"id": number, "age": 20.0, "rate": 0.10000000149011612, "p": 0.5} for number in range(1200)]
        schema = {"id": "Int64", "age": "Float64", "rate": "Float32", "p": "Float64"}
        frames: list[Any] = [PolarsFrame(rows, schema)]
        if polars is not None:
            frames.append(polars.DataFrame(rows, schema={name: getattr(polars, kind) for name, kind in schema.items()}))
        for frame in frames:
            with self.subTest(type(frame)), Server() as server, Watcher(server.url) as watcher:
                self.assertEqual(watcher.observe_frame(frame, score="p", key="id").accepted, 1200)
                self.assertEqual([len(request.rows) for request in server.requests], [1000, 200])
                self.assertEqual(server.rows[7], {"features": {"age": 20.0, "rate": 0.1}, "score": 0.5, "key": "7"})

    @unittest.skipIf(pandas is None, "pandas is not installed")
    def test_of_pandas_is_read_in_slices(self) -> None:
        frame = pandas.DataFrame(scored(2500)).set_index("id", drop=False)
        with Server() as server, Watcher(server.url) as watcher:
            self.assertEqual(watcher.observe_frame(frame, score="p", key="id").accepted, 2500)
            self.assertEqual(server.rows[2499], {"features": {"age": 69}, "score": 0.5, "key": "2499"})


class Outcomes(unittest.TestCase):
    def test_are_sent_in_batches_and_added_up(self) -> None:
        def answer(request: Request, number: int) -> Reply:
            fault = {"index": 2, "reason": "invalid_id", "message": "forged or damaged"}
            body = {"accepted": len(request.rows) - 4, "duplicate": 1, "expired": 2, "invalid": [fault]}
            return Reply(202, body)

        rows: list[Any] = [{"id": f"id {number}", "outcome": number % 2} for number in range(1500)]
        rows[0] = {"id": "x"}
        with Server(answer) as server, Watcher(server.url, "churn", "a-token") as watcher:
            receipt = watcher.outcomes(rows)
            self.assertEqual((receipt.accepted, receipt.duplicate, receipt.expired, receipt.invalid), (1491, 2, 4, 3))
            self.assertEqual([fault.index for fault in receipt.faults], [0, 3, 1003])
            self.assertEqual(receipt.faults[1].code, "invalid_id")
            self.assertEqual({request.path for request in server.requests}, {"/outcomes"})
            self.assertEqual(server.requests[0].headers["authorization"], "Bearer a-token")
            self.assertEqual(server.rows[0], {"id": "id 1", "outcome": "1"})

    def test_may_be_pairs_or_a_frame(self) -> None:
        class Frame:
            def to_dict(self, orient: str) -> list[dict[str, Any]]:
                return [{"id": "b", "outcome": "bad"}]

        with Server() as server, Watcher(server.url) as watcher:
            for rows in (zip(["a"], ["good"], strict=True), Frame()):
                self.assertEqual(watcher.outcomes(rows), OutcomesReceipt(accepted=1))
            self.assertEqual(server.rows, [{"id": "a", "outcome": "good"}, {"id": "b", "outcome": "bad"}])

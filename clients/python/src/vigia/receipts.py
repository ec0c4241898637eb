"""What callers get back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

# So many are told one by one; the rest is counted.
MAX_FAULTS_TOLD = 1000


@dataclass(frozen=True)
class Fault:
    """Why a row was not taken."""

    index: int
    """The row's position in what was sent, from 0."""
    pointer: str
    """JSON pointer to the value at fault; empty for the row as a whole."""
    code: str
    message: str


@dataclass
class _Receipt:
    accepted: int = 0
    invalid: int = 0
    faults: list[Fault] = field(default_factory=list)
    """Why rows were invalid: of 1,000 of them at most."""

    def add_invalid(self, count: int, faults: Sequence[Fault]) -> None:
        """Vigia tells the faults of the first rows of a batch only: `count` may be more than they are."""
        self.invalid += count
        self.faults.extend(faults[: MAX_FAULTS_TOLD - len(self.faults)])


@dataclass
class Receipt(_Receipt):
    """What became of the rows of `observe_frame`."""

    ids: list[str | None] | None = None
    """With `ids=True`: the id of each row's prediction, in order; None where the row was invalid, and for rows whose
    answer was lost, where Vigia remembers no more than that it has taken them."""


@dataclass
class OutcomesReceipt(_Receipt):
    """What became of the rows of `outcomes`. Each is counted in exactly one of the numbers."""

    duplicate: int = 0
    """Counted before. The first outcome of a prediction stays."""
    expired: int = 0
    """Of predictions that are too old."""


class VigiaError(Exception):
    """Vigia could not be reached for too long, or refused everything that was sent.

    `status` is that of the HTTP answer, None where there was none. `receipt` says what was taken before.
    """

    def __init__(self, message: str, status: int | None, receipt: Receipt | OutcomesReceipt) -> None:
        super().__init__(message)
        self.status = status
        self.receipt = receipt

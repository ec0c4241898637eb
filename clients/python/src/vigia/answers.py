"""What Vigia's answers say of the rows that were sent."""

from __future__ import annotations

from typing import Any

from .receipts import Fault
from .server import Answer


def receipt_of(answer: Answer) -> dict[str, Any] | None:
    """The answer's body where it says what became of each row; None for any other answer."""
    body = answer.body
    # where no row of many is taken the status is 422, but what was wrong with each is told as ever
    if not (200 <= answer.status < 300 or answer.status == 422) or not isinstance(body, dict):
        return None
    accepted = body.get("accepted", 0 if answer.status == 422 else None)
    if not isinstance(accepted, int) or not isinstance(body.get("invalid", []), list):
        return None
    return body if answer.status != 422 or "invalid" in body else None


def faults_of(body: dict[str, Any], positions: list[int]) -> list[Fault]:
    """Why rows were not taken. `positions` says where the rows that were sent stood in what the caller gave."""
    faults = []
    for fault in body.get("invalid", ()):
        if not isinstance(fault, dict):
            continue
        index = fault.get("index")
        if not isinstance(index, int) or not 0 <= index < len(positions):
            continue
        code = fault.get("code", fault.get("reason", ""))
        faults.append(Fault(positions[index], str(fault.get("pointer", "")), str(code), str(fault.get("message", ""))))
    return faults

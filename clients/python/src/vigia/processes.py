"""What becomes of senders when their process forks or ends."""

from __future__ import annotations

import atexit
import os
import weakref
from typing import Protocol


class Inhabitant(Protocol):
    def ask_to_close(self) -> None: ...

    def close(self) -> None: ...

    def begin_in_child(self) -> None: ...


_inhabitants: weakref.WeakSet[Inhabitant] = weakref.WeakSet()


def join_process(inhabitant: Inhabitant) -> None:
    """Restarts it in each child of this process, and closes it at the end, for as long as it lives."""
    _inhabitants.add(inhabitant)


def _close_all() -> None:
    inhabitants = list(_inhabitants)
    # all at once, so that several do not wait one after another
    for inhabitant in inhabitants:
        inhabitant.ask_to_close()
    for inhabitant in inhabitants:
        inhabitant.close()


def _begin_in_child() -> None:
    for inhabitant in list(_inhabitants):
        inhabitant.begin_in_child()


atexit.register(_close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_in_child)

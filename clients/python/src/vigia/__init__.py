"""Tells Vigia what a model predicts, and later what came of it."""

from ._version import __version__
from .asgi import WatchMiddleware
from .receipts import Fault, OutcomesReceipt, Receipt, VigiaError
from .watcher import Watcher

__all__ = [
    "Fault",
    "OutcomesReceipt",
    "Receipt",
    "VigiaError",
    "WatchMiddleware",
    "Watcher",
    "__version__",
]

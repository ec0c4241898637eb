"""Observes three predictions, and says how many Vigia has taken."""

import os

from vigia import Watcher

with Watcher(os.environ["VIGIA_URL"], close_timeout=60) as watcher:
    for number in range(3):
        watcher.observe({"age": 30, "limit": 2000, "history": "good"}, score=0.25, key=f"insisted {number}")
print(watcher.sent, watcher.refused, watcher.dropped)

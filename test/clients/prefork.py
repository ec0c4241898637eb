"""An app that gunicorn loads before it forks its workers."""

import os

from vigia import Watcher

watcher = Watcher(os.environ["VIGIA_URL"], flush_interval=600)
FEATURES = {"age": 30, "limit": 2000, "history": "good"}

watcher.observe(FEATURES, score=0.25, key="before the fork")


def app(environ, start_response):
    watcher.observe(FEATURES, score=0.25, key=environ["PATH_INFO"])
    start_response("200 OK", [("content-type", "text/plain")])
    return [str(os.getpid()).encode()]

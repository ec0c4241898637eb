"""A nightly job: scores a table, has it watched, and reports the outcomes that are known."""

import dataclasses
import json
import os

from model import FEATURES, rows, scores

from vigia import Watcher

table = rows[[*FEATURES, "outcome"]].assign(p=scores(rows).astype("float32"), customer=range(len(rows)))
table.loc[3, "age"] = None

with Watcher(os.environ["VIGIA_URL"]) as watcher:
    receipt = watcher.observe_frame(table, score="p", key="customer", features=FEATURES, ids=True)
    known = [(id, outcome) for id, outcome in zip(receipt.ids, table["outcome"], strict=True) if id is not None]
    outcomes = watcher.outcomes(known)
    again = watcher.outcomes(known[:10])

result = {"receipt": receipt, "outcomes": outcomes, "again": again}
print(json.dumps({name: dataclasses.asdict(value) for name, value in result.items()}))

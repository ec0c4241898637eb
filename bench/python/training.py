# scikit-learn's LogisticRegression over the folds of bench/training.ts: training.py FOLDER ROWS COLUMNS FOLDS
# Each line of standard input asks for one round; the answer is its wall and processor time in seconds, and the log-loss
# of the held-out rows.
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

folder, (rows, columns, folds) = Path(sys.argv[1]), map(int, sys.argv[2:5])
design = np.fromfile(folder / "design").reshape(rows, columns)
outcomes = np.fromfile(folder / "outcomes", dtype=np.uint8)
fold_of = np.arange(rows) % folds

for _ in sys.stdin:
    wall = cpu = 0.0
    scores = np.empty(rows)
    for fold in range(-1, folds):
        fitted = fold_of != fold
        part, labels = design[fitted], outcomes[fitted]
        wall -= time.perf_counter()
        cpu -= time.process_time()
        model = LogisticRegression().fit(part, labels)
        wall += time.perf_counter()
        cpu += time.process_time()
        if fold >= 0:
            scores[~fitted] = model.predict_proba(design[~fitted])[:, 1]
    print(wall, cpu, log_loss(outcomes, scores), flush=True)

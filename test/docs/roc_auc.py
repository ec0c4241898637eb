"""ROC AUC of scikit-learn over the predictions in a file of samples, with the labels of tables by their keys."""

import json
import sys
from pathlib import Path

import pandas as pd
from sklearn.metrics import roc_auc_score

samples, *tables = sys.argv[1:]
rows = pd.DataFrame([json.loads(line) for line in Path(samples).read_text().splitlines()])
labels = pd.concat([pd.read_csv(table) for table in tables])
known = rows.merge(labels, left_on="key", right_on="customer", validate="one_to_one")
print(roc_auc_score(known["churned"] == "yes", known["score"]), len(known))

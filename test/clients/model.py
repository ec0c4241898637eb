"""A model of scikit-learn for the data that Vigia's own example model knows."""

import os
from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

FEATURES = ["age", "limit", "history"]

# an empty cell and the text "none" are different things here
rows = pd.read_csv(Path(os.environ["DATA"]), keep_default_na=False)
columns = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["history"]), remainder="passthrough")
model = make_pipeline(columns, GradientBoostingClassifier(n_estimators=20, random_state=1))
model.fit(rows[FEATURES], rows["outcome"])


def scores(frame: pd.DataFrame):
    """P(bad) of each row, an array of numpy."""
    return model.predict_proba(frame[FEATURES])[:, list(model.classes_).index("bad")]

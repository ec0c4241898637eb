"""Fits a model that tells malignant tumours from benign ones, and writes a table by which Vigia gets to know it."""

import joblib
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_predict

FEATURES = ["radius", "texture", "smoothness", "concavity", "symmetry"]


def load():
    """The rows and classes of the data that comes with scikit-learn."""
    data = load_breast_cancer(as_frame=True)
    rows = data.frame[[f"mean {name}" for name in FEATURES]].set_axis(FEATURES, axis="columns")
    return rows, data.target.map({0: "malignant", 1: "benign"}).rename("tumour")


if __name__ == "__main__":
    rows, tumour = load()
    model = RandomForestClassifier(min_samples_leaf=5, random_state=1)
    # scores of rows that the model has not seen: those of its training rows would look better than any later ones
    scores = cross_val_predict(model, rows, tumour, cv=5, method="predict_proba")[:, 1]
    rows.assign(score=scores, tumour=tumour).to_csv("scored.csv", index=False)
    joblib.dump(model.fit(rows, tumour), "tumour.joblib")

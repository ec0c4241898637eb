"""The model behind FastAPI. The lines that end in `# Vigia` are all that it needs to be watched."""

import os

import joblib
import pandas as pd
from fastapi import FastAPI
from fit import FEATURES
from pydantic import BaseModel

from vigia import Watcher, WatchMiddleware  # Vigia

model = joblib.load("tumour.joblib")
app = FastAPI()
watcher = Watcher(os.environ.get("VIGIA_URL", "http://127.0.0.1:9464"), model="tumour")  # Vigia
app.add_middleware(WatchMiddleware, watcher=watcher, path="/predict", score="probability", key="sample")  # Vigia


class Sample(BaseModel):
    sample: str
    radius: float
    texture: float
    smoothness: float
    concavity: float
    symmetry: float


@app.post("/predict")
def predict(sample: Sample):
    row = pd.DataFrame([sample.model_dump()])[FEATURES]
    return {"probability": float(model.predict_proba(row)[0, list(model.classes_).index("malignant")])}

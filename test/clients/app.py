"""A model behind FastAPI, watched by the middleware on one route and by hand on the other."""

import os

import pandas as pd
from fastapi import FastAPI
from model import FEATURES, scores
from pydantic import BaseModel

from vigia import Watcher, WatchMiddleware

watcher = Watcher(os.environ["VIGIA_URL"], model="credit", token_file=os.environ["VIGIA_TOKEN_FILE"])
app = FastAPI()
app.add_middleware(
    WatchMiddleware,
    watcher=watcher,
    path="/predict",
    score="probability",
    prediction="label",
    key="customer_id",
)


class Applicant(BaseModel):
    age: int
    limit: float
    history: str
    customer_id: str


def predict(applicant: Applicant):
    frame = pd.DataFrame([applicant.model_dump()])
    return frame[FEATURES].iloc[0], scores(frame)[0]


@app.post("/predict")
async def watched_by_middleware(applicant: Applicant):
    _, score = predict(applicant)
    return {"probability": float(score), "label": "bad" if score >= 0.5 else "good"}


@app.post("/decide")
def watched_by_hand(applicant: Applicant):
    features, score = predict(applicant)
    watcher.observe(
        features,
        score=score,
        prediction="bad" if score >= 0.5 else "good",
        key=applicant.customer_id,
    )
    return {"granted": bool(score < 0.5)}

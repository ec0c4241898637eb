"""The prediction service the way it is usually written in Python: FastAPI on uvicorn, a scikit-learn pipeline,
OpenTelemetry for traces and metrics, a log line and a sample line for each prediction. The sampler and the exporters
are set by the OTEL_* variables, SAMPLES_PATH by its own.

One process; uvloop and httptools, uvicorn's fastest loop and parser. With FRAMES=true the pipeline is the one of
scikit-learn's own examples for mixed columns, which takes pandas frames; without, it is one that takes dictionaries, in
half the time.
"""

import asyncio
import csv
import json
import logging
import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from uuid import uuid4

import uvicorn
import uvloop
from fastapi import FastAPI
from opentelemetry import metrics, trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic import create_model
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

DATA = Path(__file__).parents[2] / "data"


def read_rows(training: dict) -> tuple[list[dict], list[str]]:
    with open(DATA / training["data"], newline="") as file:
        rows = list(csv.DictReader(file))
    features = [{name: value_of(row[name]) for name in training["features"]} for row in rows]
    return features, [row[training["target"]] for row in rows]


def value_of(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


training = json.loads((DATA / "training.json").read_text())
rows, outcomes = read_rows(training)
if os.environ.get("FRAMES") == "true":
    from pandas import DataFrame as table

    encode: BaseEstimator = make_column_transformer(
        (StandardScaler(), make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
    )
else:
    table = list
    encode = make_pipeline(DictVectorizer(sparse=False), StandardScaler())
pipeline = make_pipeline(encode, LogisticRegression()).fit(table(rows), outcomes)
positive = list(pipeline.classes_).index(training["positive"])
Row = create_model("Row", **{name: (type(value), ...) for name, value in rows[0].items()})

spans = TracerProvider()
spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(spans)
metrics.set_meter_provider(MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())]))
meter = metrics.get_meter("model")
predictions = meter.create_counter("model.predictions")
scores = meter.create_histogram("model.score")
values = meter.create_histogram("model.feature.value")
categories = meter.create_counter("model.feature.category")

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
logger = logging.getLogger("predict")
samples = open(os.environ["SAMPLES_PATH"], "a")


def observe(row: dict, prediction: str, score: float) -> None:
    predictions.add(1, {"prediction": prediction})
    scores.record(score)
    for name, value in row.items():
        if isinstance(value, str):
            categories.add(1, {"feature": name, "category": value})
        else:
            values.record(value, {"feature": name})


def keep(row: dict, prediction: str, score: float) -> str:
    sample = {
        "time": datetime.now(timezone.utc).isoformat(),
        "id": str(uuid4()),
        "features": row,
        "score": score,
        "prediction": prediction,
    }
    samples.write(json.dumps(sample) + "\n")
    logger.info(json.dumps({"event": "predict", **sample}))
    return sample["id"]


app = FastAPI()


@app.post("/predict")
async def predict(body: Row) -> dict[str, str | float]:
    row = body.model_dump()
    probabilities = pipeline.predict_proba(table([row]))[0]
    prediction, score = str(pipeline.classes_[probabilities.argmax()]), float(probabilities[positive])
    observe(row, prediction, score)
    return {"prediction": prediction, "score": score, "id": keep(row, prediction, score)}


FastAPIInstrumentor.instrument_app(app)


async def main() -> None:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, http="httptools", log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(f"API      http://127.0.0.1:{port}", file=sys.stderr, flush=True)
    await serving


uvloop.run(main())

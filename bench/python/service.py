"""The prediction service the way it is usually written in Python: FastAPI on uvicorn, a scikit-learn pipeline,
traces by opentelemetry-instrumentation-fastapi. The sampler and the exporter are set by the OTEL_* variables.

One process; uvloop and httptools, uvicorn's fastest loop and parser; uvicorn's access log is the line a request.
Nothing is counted by feature and no sample is written.
"""

import asyncio
import csv
import json
import sys
from pathlib import Path

import uvicorn
import uvloop
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic import create_model
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

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
pipeline = make_pipeline(DictVectorizer(sparse=False), StandardScaler(), LogisticRegression()).fit(rows, outcomes)
positive = list(pipeline.classes_).index(training["positive"])
Row = create_model("Row", **{name: (type(value), ...) for name, value in rows[0].items()})

app = FastAPI()


@app.post("/predict")
async def predict(row: Row) -> dict[str, str | float]:
    probabilities = pipeline.predict_proba([row.model_dump()])[0]
    return {"prediction": str(pipeline.classes_[probabilities.argmax()]), "score": float(probabilities[positive])}


provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
FastAPIInstrumentor.instrument_app(app)


async def main() -> None:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, http="httptools"))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(f"API      http://127.0.0.1:{port}", file=sys.stderr, flush=True)
    await serving


uvicorn.config.LOGGING_CONFIG["loggers"]["uvicorn.error"]["level"] = "WARNING"
uvloop.run(main())

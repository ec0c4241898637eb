"""Asks a service of the Open Inference Protocol V2 as its users do: the client of Triton, and MLServer's data frames.

Usage: v2-clients.py ADDRESS MODEL ROWS.json; prints what each was answered, as JSON.
"""

import json
import sys
import urllib.request

import numpy as np
import pandas as pd
import tritonclient.http as triton
from mlserver.codecs import PandasCodec, StringCodec
from mlserver.types import InferenceResponse, RequestOutput
from tritonclient.utils import InferenceServerException


def texts(values):
    return [value.decode() if isinstance(value, bytes) else value for value in values]


def ask_as_triton(address, model, rows):
    client = triton.InferenceServerClient(address)
    told = client.get_model_metadata(model)
    frame = pd.DataFrame(rows)
    inputs = []
    for tensor in told["inputs"]:
        column = frame[[tensor["name"]]]
        if tensor["datatype"] == "FP64":
            values = column.to_numpy(dtype="float64")
        else:
            values = column.to_numpy(dtype="object")
        one = triton.InferInput(tensor["name"], list(values.shape), tensor["datatype"])
        one.set_data_from_numpy(values, binary_data=False)
        inputs.append(one)
    answer = client.infer(model, inputs, request_id="asked by Triton's client")
    wanted = [triton.InferRequestedOutput("score", binary_data=False)]
    scores_alone = client.infer(model, inputs, model_version=told["versions"][0], outputs=wanted)
    try:
        client.infer(model, inputs[1:])
        refusal = None
    except InferenceServerException as error:
        refusal = [error.status(), error.message()]
    return {
        "live": client.is_server_live(),
        "ready": client.is_server_ready() and client.is_model_ready(model),
        "other": client.is_model_ready("no such model"),
        "server": client.get_server_metadata()["name"],
        "id": answer.get_response()["id"],
        "scores": answer.as_numpy("score").flatten().tolist(),
        "predictions": texts(answer.as_numpy("prediction").flatten().tolist()),
        "scoresAlone": scores_alone.as_numpy("score").flatten().tolist(),
        "refusal": refusal,
    }


def ask_as_mlserver(address, model, rows):
    frame = pd.DataFrame(rows, dtype="object")
    numbers = [name for name in frame if not frame[name].map(lambda value: isinstance(value, str)).any()]
    frame = frame.astype({name: "float64" for name in numbers})
    # the codec of data frames takes numbers that are missing, but no missing texts
    request = PandasCodec.encode_request(frame[numbers], use_bytes=False)
    request.inputs += [
        StringCodec.encode_input(name, frame[name].tolist(), use_bytes=False)
        for name in frame
        if name not in numbers
    ]
    whole = frame.dropna(subset=[name for name in frame if name not in numbers])
    return {
        **infer_as_mlserver(address, model, request),
        "whole": infer_as_mlserver(address, model, PandasCodec.encode_request(whole, use_bytes=False)),
        "wholeRows": whole.index.tolist(),
    }


def infer_as_mlserver(address, model, request):
    request.outputs = [RequestOutput(name="score"), RequestOutput(name="prediction")]
    body = request.model_dump_json().encode()
    headers = {"Content-Type": "application/json"}
    url = f"http://{address}/v2/models/{model}/infer"
    with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as response:
        answer = InferenceResponse.model_validate_json(response.read())
    frame = PandasCodec.decode_response(answer)
    return {"scores": frame["score"].tolist(), "predictions": frame["prediction"].tolist()}


if __name__ == "__main__":
    address, model, path = sys.argv[1:]
    with open(path) as file:
        rows = json.load(file)
    answers = {
        "triton": ask_as_triton(address, model, rows),
        "mlserver": ask_as_mlserver(address, model, rows),
    }
    print(json.dumps(answers))

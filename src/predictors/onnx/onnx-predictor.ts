import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Row } from '../../model/row.ts';
import { listInputs } from '../input-columns.ts';
import {
  abortedCall,
  type Prediction,
  type Predictor,
  PredictorFailure,
  type PredictorSurroundings,
} from '../predictor.ts';
import { createTensorReader } from '../tensor-outputs.ts';
import { createUnderWay } from '../under-way.ts';
import type { WatchedModel } from '../watched-model.ts';
import { createInputFiller, fixedSize } from './inputs.ts';
import { chooseOutputs } from './outputs.ts';
import { loadOnnxRuntime, type OnnxRuntime, type OnnxSession } from './runtime.ts';
import type { OnnxSettings } from './settings.ts';

/**
 * The runtimes compute on the event loop: after this many rows, a few milliseconds of work, other tasks get their turn.
 */
const rowsPerRun = 256;

/** One row needs no second thread, and the service needs the CPU for other work. */
const sessionOptions = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };

/**
 * Makes the predictor of an ONNX model.
 *
 * @throws Error naming the file, or the path in the model file, if it is not the file that was profiled, if no runtime
 * is installed, or if its inputs and outputs are not those that the model file names
 */
export async function createOnnxPredictor(
  settings: OnnxSettings,
  model: WatchedModel,
  { folder }: PredictorSurroundings,
  loadRuntime: () => Promise<OnnxRuntime> = loadOnnxRuntime,
): Promise<Predictor> {
  const path = resolve(folder, settings.path);
  const bytes = await readModel(path, settings.sha256);
  const runtime = await loadRuntime();
  const session = await runtime.InferenceSession.create(bytes, sessionOptions).catch((error) => {
    throw new Error(`${path}: is not an ONNX model that can be run: ${firstLine(error)}`);
  });
  try {
    return predictBy(session, prepare(runtime, session, model, settings));
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** @param run predicts some rows in one call */
function predictBy(session: OnnxSession, run: (rows: readonly Row[]) => Promise<Prediction[]>): Predictor {
  const step = isForOneRow(session) ? 1 : rowsPerRun;
  const underWay = createUnderWay();
  async function runInSteps(rows: readonly Row[], signal?: AbortSignal): Promise<Prediction[]> {
    const predictions: Prediction[] = [];
    for (let at = 0; at < rows.length; at += step) {
      if (signal?.aborted) throw abortedCall();
      predictions.push(...(await run(rows.slice(at, at + step))));
      await setImmediate();
    }
    return predictions;
  }
  return {
    predict: (rows, call) =>
      underWay.during(() => (rows.length <= step ? run(rows) : runInSteps(rows, call?.signal))),
    async close() {
      await underWay.idle();
      await session.release();
    },
  };
}

async function readModel(path: string, sha256: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${path}: cannot read the ONNX model: ${error.code === 'ENOENT' ? 'no such file' : error.code}`,
    );
  });
  const found = hash('sha256', bytes);
  if (found === sha256) return bytes;
  throw new Error(`${path}: is not the file that the model file was made for: its SHA-256 is ${found}`);
}

/** Whether the model was exported for one row at a time. */
function isForOneRow({ inputMetadata }: OnnxSession): boolean {
  return inputMetadata.some((input) => input.isTensor && fixedSize(input.shape[0]) === 1);
}

/** Makes the function that predicts some rows in one call. */
function prepare(
  { Tensor }: OnnxRuntime,
  session: OnnxSession,
  model: WatchedModel,
  settings: OnnxSettings,
): (rows: readonly Row[]) => Promise<Prediction[]> {
  const { missingText = '' } = settings;
  const columns = new Map(listInputs(settings.inputs, model).map((input) => [input.name, input]));
  const expected = session.inputMetadata.map(({ name }) => name);
  const lacking = [...columns.keys()].filter((name) => !expected.includes(name));
  const unfilled = expected.filter((name) => !columns.has(name));
  if (lacking.length > 0 || unfilled.length > 0) throw new Error(describeMismatch(lacking, unfilled));
  const fillers = session.inputMetadata.map((value) =>
    createInputFiller(value, columns.get(value.name)!, missingText),
  );
  const { score, prediction } = chooseOutputs(session.outputMetadata, settings);
  const wanted = prediction === undefined ? [score] : [score, prediction];
  const read = createTensorReader(settings, model);

  return async (rows) => {
    const feeds = Object.fromEntries(
      fillers.map(({ name, type, shape, fill }) => [name, new Tensor(type, fill(rows), shape(rows.length))]),
    );
    const outputs = await session.run(feeds, wanted).catch((error) => {
      throw new PredictorFailure('refused', `the ONNX model cannot compute this: ${firstLine(error)}`);
    });
    const classes = prediction === undefined ? undefined : outputs[prediction].data;
    return read(rows.length, outputs[score].data, classes);
  };
}

function describeMismatch(lacking: readonly string[], unfilled: readonly string[]): string {
  const list = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');
  return [
    ...(lacking.length > 0 ? [`the ONNX model has no input ${list(lacking)}`] : []),
    ...(unfilled.length > 0 ? [`no feature is named like its input ${list(unfilled)}`] : []),
    'list the features that each input takes under predictor.inputs in the model file',
  ].join('; ');
}

/** The runtimes' messages span many lines. */
function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0];
}

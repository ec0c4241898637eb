import type { Deployment } from '../deployments/deployment.ts';
import { isObject, type Row } from '../model/row.ts';
import type { Pause } from '../times/pauses.ts';
import { predictLimits } from './predict-rows.ts';
import { tooManyRows } from './read-body.ts';
import { RequestFaults } from './refusals.ts';
import { readTensor, type Tensor } from './v2-tensor.ts';

/** The tensors that answer an inference request. */
export const outputNames = ['score', 'prediction', 'id'] as const;
export type OutputName = (typeof outputNames)[number];

/** An inference request of the Open Inference Protocol V2 whose rows match the model. */
export type InferenceRequest = {
  /** The caller's id for the request. */
  readonly id: string | undefined;
  readonly rows: readonly Row[];
  /** In the order of the answer. */
  readonly outputs: readonly OutputName[];
};

/**
 * Reads the rows from an inference request: for each feature a tensor of its name with one value per row. A nullable
 * feature may be omitted. One fault refuses all rows.
 *
 * @param body as parsed from JSON
 * @throws Problem 422 saying what is wrong, 413 for too many rows; it is counted
 */
export async function readInference(
  body: unknown,
  deployment: Deployment,
  pause: Pause,
): Promise<InferenceRequest> {
  const faults = new RequestFaults(deployment);
  if (!isObject(body)) faults.add('', 'not_an_object', 'must be a JSON object with "inputs"');
  const { id, inputs, outputs } = isObject(body) ? body : {};
  if (isSaid(id) && typeof id !== 'string') faults.add('/id', 'type', 'must be a string');
  const wanted = readOutputs(outputs, faults);
  if (faults.total === 0 && (!Array.isArray(inputs) || inputs.length === 0)) {
    faults.add('/inputs', 'invalid_tensor', 'must be a list with a tensor for each feature');
  }
  faults.refuse();

  const tensors = await readTensors(inputs as unknown[], deployment, faults, pause);
  faults.refuse();
  const rows = await makeRows(tensors, deployment, faults, pause);
  return { id: typeof id === 'string' ? id : undefined, rows, outputs: wanted };
}

/** Clients write `null` for absent members. */
function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** The requested outputs; all by default. */
function readOutputs(outputs: unknown, faults: RequestFaults): readonly OutputName[] {
  if (!isSaid(outputs)) return outputNames;
  if (!Array.isArray(outputs)) {
    faults.add('/outputs', 'type', 'must be a list');
    return outputNames;
  }
  const wanted = new Set<OutputName>();
  for (const [i, output] of outputs.entries()) {
    const name = outputNames.find((one) => isObject(output) && output.name === one);
    if (name === undefined)
      faults.add(`/outputs/${i}/name`, 'unknown_field', `must be one of ${outputNames.join(', ')}`);
    else wanted.add(name);
  }
  return wanted.size === 0 ? outputNames : [...wanted];
}

/** The tensors by feature; each has as many rows as the others. */
async function readTensors(
  inputs: readonly unknown[],
  { artifact }: Deployment,
  faults: RequestFaults,
  pause: Pause,
): Promise<ReadonlyMap<string, Tensor>> {
  const known = new Set(artifact.features.map(({ name }) => name));
  const tensors = new Map<string, Tensor>();
  let rows: number | undefined;
  for (const [i, input] of inputs.entries()) {
    const turn = pause();
    if (turn) await turn;
    const place = `/inputs/${i}`;
    const name = isObject(input) ? input.name : undefined;
    if (typeof name !== 'string' || !known.has(name)) {
      faults.add(`${place}/name`, 'unknown_field', 'is not a feature of this model');
      continue;
    }
    if (tensors.has(name)) {
      faults.add(`${place}/name`, 'invalid_tensor', 'is the name of an earlier input, too');
      continue;
    }
    const tensor = readTensor(input as object, place, name, faults);
    if (tensor === undefined) continue;
    const count = tensor.values.length;
    if (count > predictLimits.rows) {
      throw tooManyRows(predictLimits.rows);
    }
    rows ??= count;
    if (count !== rows) {
      faults.add(place, 'invalid_tensor', `has a different number of rows from the first input: ${count}`);
    }
    tensors.set(name, tensor);
  }
  if (faults.total === 0) {
    for (const { name, nullable } of artifact.features) {
      if (nullable || tensors.has(name)) continue;
      faults.add('/inputs', 'missing', `must have one named ${JSON.stringify(name)}`, name);
    }
  }
  return tensors;
}

async function makeRows(
  tensors: ReadonlyMap<string, Tensor>,
  { validate }: Deployment,
  faults: RequestFaults,
  pause: Pause,
): Promise<readonly Row[]> {
  const [first] = tensors.values();
  const columns = [...tensors];
  const rows: Row[] = [];
  for (let i = 0; i < first.values.length; i++) {
    const turn = pause();
    if (turn) await turn;
    // fromEntries rather than assignment: a feature may be called `__proto__`
    const row = Object.fromEntries(columns.map(([name, { values }]) => [name, values[i]]));
    const wrong = validate(row);
    if (wrong === null) rows.push(row);
    else faults.addRow(wrong, ({ feature }) => `${tensors.get(feature)?.place ?? '/inputs'}/data/${i}`);
  }
  faults.refuse();
  return rows;
}

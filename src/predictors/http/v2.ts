import { z } from 'zod';
import type { Feature } from '../../model/artifact.ts';
import type { Row } from '../../model/row.ts';
import { createFeatureReader, createTextReader, type FeatureValue } from '../feature-values.ts';
import { type InputColumns, inputColumns, listInputs } from '../input-columns.ts';
import { PredictorFailure } from '../predictor.ts';
import { createTensorReader, tensorOutputs } from '../tensor-outputs.ts';
import { frameParameters, numberDatatypes, textParameters } from '../v2-datatypes.ts';
import type { WatchedModel } from '../watched-model.ts';
import { commonSettings, type Protocol } from './protocol.ts';

const datatype = z.enum([...numberDatatypes, 'BYTES']);
type Datatype = z.infer<typeof datatype>;

export const v2Settings = z
  .strictObject({
    ...commonSettings,
    protocol: z.literal('v2'),
    inputs: z.exactOptional(
      z
        .array(inputColumns.extend({ datatype: z.exactOptional(datatype) }))
        .min(1)
        .describe(
          'Inputs that are not named after the one feature they take, or whose datatype is not FP64 for numbers and BYTES for categories. Every other feature has an input of its own name',
        ),
    ),
    score: z
      .exactOptional(z.string().min(1))
      .describe(
        'Output with the probabilities. By default, the only one in the answer besides that of `prediction`',
      ),
    ...tensorOutputs,
  })
  .describe('A server of the Open Inference Protocol V2 over REST: MLServer, KServe, Triton');

type OutputNames = Pick<z.infer<typeof v2Settings>, 'score' | 'prediction'>;

type Tensor = { readonly name: string; readonly shape: readonly number[]; readonly data: readonly unknown[] };

/** The Open Inference Protocol V2: one tensor per column, with as many values as there are rows. */
export function createV2Protocol(settings: z.infer<typeof v2Settings>, model: WatchedModel): Protocol {
  const { inputs, score, prediction } = settings;
  const encoders = listInputs(inputs, model).map((columns, i) =>
    createEncoder(columns, inputs?.[i]?.datatype),
  );
  // MLServer makes a data frame of them; a server that does not know the parameter ignores it
  const parameters = encoders.every(({ columns }) => columns === 1) ? frameParameters : undefined;
  const wanted = [score, prediction].filter((name) => name !== undefined);
  // all of them, if the name of the one with the probabilities is not known
  const outputs = score === undefined ? undefined : wanted.map((name) => ({ name }));
  const read = createTensorReader(settings, model);

  return {
    maxRows: 1_000,
    encode: (rows) =>
      JSON.stringify({ parameters, inputs: encoders.map(({ encode }) => encode(rows)), outputs }),
    decode(answer, rows) {
      const tensors = readOutputs(answer);
      const scores = readValues(findScores(tensors, settings), rows);
      if (prediction === undefined) return read(rows, scores);
      return read(rows, scores, readValues(findOutput(tensors, prediction), rows));
    },
  };
}

function createEncoder({ name, features }: InputColumns, given: Datatype | undefined) {
  const isNumeric = features.every(({ kind }) => kind === 'numeric');
  const datatype = given ?? (isNumeric ? 'FP64' : 'BYTES');
  const readers = features.map(datatype === 'BYTES' ? createTextReader : createNumberReader);
  // the content type makes the server treat them as strings, not as bytes
  const parameters = datatype === 'BYTES' ? textParameters : undefined;
  const columns = features.length;
  return {
    columns,
    encode: (rows: readonly Row[]) => ({
      name,
      shape: columns === 1 ? [rows.length] : [rows.length, columns],
      datatype,
      parameters,
      data: rows.flatMap((row) => readers.map((read) => read(row))),
    }),
  };
}

/** Anything that is not a number is sent unchanged: the server will report it. */
function createNumberReader(feature: Feature): (row: Row) => FeatureValue {
  const read = createFeatureReader(feature);
  return (row) => {
    const value = read(row);
    if (typeof value !== 'string') return value;
    const number = Number(value);
    return value.trim() === '' || Number.isNaN(number) ? value : number;
  };
}

function readOutputs(answer: unknown): Tensor[] {
  const outputs = (answer as { outputs?: unknown } | null)?.outputs;
  if (!Array.isArray(outputs)) throw new PredictorFailure('bad_answer', 'the answer has no list of outputs');
  return outputs.map((output) => {
    const { name, shape, data } = (output ?? {}) as Partial<Tensor>;
    if (typeof name !== 'string' || !Array.isArray(shape) || !Array.isArray(data)) {
      throw new PredictorFailure('bad_answer', 'an output of the answer has no name, no shape or no data');
    }
    return { name, shape, data };
  });
}

/** The values of an output, row after row, equally many for each row. */
function readValues({ name, shape, data }: Tensor, rows: number): readonly unknown[] {
  const fail = (what: string) =>
    new PredictorFailure(
      'bad_answer',
      `output ${JSON.stringify(name)} of the answer does not contain ${what}`,
    );
  if (shape[0] !== rows) throw fail(`the ${rows} rows that were sent`);
  const values = flatten(data, shape);
  if (values === undefined) throw fail('as many values as its shape requires');
  return values;
}

/**
 * The values of a tensor whose data are flat, or nested as its shape says; `undefined` for any others. It goes no
 * deeper than the shape: `flat(Infinity)` throws if the nesting overflows the stack.
 */
function flatten(data: readonly unknown[], shape: readonly number[]): readonly unknown[] | undefined {
  let values = data;
  for (const size of shape.slice(1)) {
    if (!Array.isArray(values[0])) break;
    if (!values.every((part) => Array.isArray(part) && part.length === size)) return undefined;
    values = values.flat();
  }
  const isWhole = shape.every((size) => Number.isInteger(size) && size > 0);
  return isWhole && values.length === shape.reduce((product, size) => product * size) ? values : undefined;
}

/** The output with the probabilities. */
function findScores(tensors: readonly Tensor[], { score, prediction }: OutputNames): Tensor {
  if (score !== undefined) return findOutput(tensors, score);
  const others = tensors.filter(({ name }) => name !== prediction);
  if (others.length === 1) return others[0];
  throw new PredictorFailure(
    'bad_answer',
    `the answer has ${others.length} outputs that could contain the probabilities: name the right one as "score" in the model file`,
  );
}

function findOutput(tensors: readonly Tensor[], name: string): Tensor {
  const found = tensors.find((tensor) => tensor.name === name);
  if (!found) throw new PredictorFailure('bad_answer', `the answer has no output ${JSON.stringify(name)}`);
  return found;
}

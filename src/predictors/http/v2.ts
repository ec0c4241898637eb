import { z } from 'zod';
import type { Feature } from '../../model/artifact.ts';
import type { Row } from '../../model/row.ts';
import { positiveColumn } from '../class-order.ts';
import { createFeatureReader, createTextReader, type FeatureValue } from '../feature-values.ts';
import { type InputColumns, inputColumns, listInputs } from '../input-columns.ts';
import { PredictorFailure } from '../predictor.ts';
import { createAnswerReader } from '../read-answer.ts';
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
          'Inputs that are not called as the one feature they take, or whose datatype is not FP64 for numbers and BYTES for categories. Every other feature has an input of its own name',
        ),
    ),
    score: z
      .exactOptional(z.string().min(1))
      .describe('Output with the probabilities. The only one of the answer when absent'),
    positiveColumn: z
      .exactOptional(z.int().min(0))
      .describe(
        'Column of the positive class in an output of several columns. Its place among the sorted classes when absent',
      ),
    prediction: z
      .exactOptional(z.string().min(1))
      .describe('Output with the predicted class. The threshold decides when absent'),
  })
  .describe('A server of the Open Inference Protocol V2 over REST: MLServer, KServe, Triton');

type Tensor = { readonly name: string; readonly shape: readonly number[]; readonly data: readonly unknown[] };

/** The Open Inference Protocol V2: one tensor a column, of as many values as there are rows. */
export function createV2Protocol(settings: z.infer<typeof v2Settings>, model: WatchedModel): Protocol {
  const { inputs, score, prediction } = settings;
  const encoders = listInputs(inputs, model).map((columns, i) =>
    createEncoder(columns, inputs?.[i]?.datatype),
  );
  // MLServer makes a data frame of them; a server that does not know the parameter passes over it
  const parameters = encoders.every(({ columns }) => columns === 1) ? frameParameters : undefined;
  const wanted = [score, prediction].filter((name) => name !== undefined);
  const outputs = wanted.length > 0 ? wanted.map((name) => ({ name })) : undefined;
  const positive = settings.positiveColumn ?? positiveColumn(model.output);
  const read = createAnswerReader(model.output, prediction !== undefined);

  return {
    maxRows: 1_000,
    encode: (rows) =>
      JSON.stringify({ parameters, inputs: encoders.map(({ encode }) => encode(rows)), outputs }),
    decode(answer, rows) {
      const tensors = readTensors(answer, rows);
      const scores = findTensor(tensors, score);
      const columns = scores.data.length / rows;
      const column = columns === 1 ? 0 : positive;
      if (column >= columns) {
        throw new PredictorFailure(
          'bad_answer',
          `the output has ${columns} columns, none of which is ${column}`,
        );
      }
      const classes = prediction === undefined ? undefined : findTensor(tensors, prediction);
      if (classes !== undefined && classes.data.length !== rows) {
        throw new PredictorFailure(
          'bad_answer',
          `the answer has ${classes.data.length} classes for ${rows} rows`,
        );
      }
      return Array.from({ length: rows }, (_, i) =>
        read(scores.data[i * columns + column], classes?.data[i]),
      );
    },
  };
}

function createEncoder({ name, features }: InputColumns, given: Datatype | undefined) {
  const isNumeric = features.every(({ kind }) => kind === 'numeric');
  const datatype = given ?? (isNumeric ? 'FP64' : 'BYTES');
  const readers = features.map(datatype === 'BYTES' ? createTextReader : createNumberReader);
  // by their content type strings are taken as such, not as bytes
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

/** What is no number is sent as it is: the server knows what to say. */
function createNumberReader(feature: Feature): (row: Row) => FeatureValue {
  const read = createFeatureReader(feature);
  return (row) => {
    const value = read(row);
    if (typeof value !== 'string') return value;
    const number = Number(value);
    return value.trim() === '' || Number.isNaN(number) ? value : number;
  };
}

/** The outputs of an answer, each with whole columns of values. */
function readTensors(answer: unknown, rows: number): Tensor[] {
  const outputs = (answer as { outputs?: unknown } | null)?.outputs;
  if (!Array.isArray(outputs)) throw new PredictorFailure('bad_answer', 'the answer has no list of outputs');
  return outputs.map((output) => {
    const { name, shape, data } = (output ?? {}) as Partial<Tensor>;
    if (typeof name !== 'string' || !Array.isArray(shape) || !Array.isArray(data)) {
      throw new PredictorFailure('bad_answer', 'an output of the answer has no name, no shape or no data');
    }
    const flat = data.flat(Infinity);
    if (shape[0] !== rows || flat.length === 0 || flat.length % rows !== 0) {
      throw new PredictorFailure(
        'bad_answer',
        `an output of the answer has not one line for each of ${rows} rows`,
      );
    }
    return { name, shape, data: flat };
  });
}

function findTensor(tensors: readonly Tensor[], name: string | undefined): Tensor {
  if (name === undefined && tensors.length !== 1) {
    throw new PredictorFailure(
      'bad_answer',
      'the answer has several outputs: name the one with the probabilities as "score" in the model file',
    );
  }
  const found = name === undefined ? tensors[0] : tensors.find((tensor) => tensor.name === name);
  if (!found) throw new PredictorFailure('bad_answer', `the answer has no output ${JSON.stringify(name)}`);
  return found;
}

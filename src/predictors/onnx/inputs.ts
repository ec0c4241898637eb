import type { Feature } from '../../model/artifact.ts';
import type { Row } from '../../model/row.ts';
import { createFeatureReader, createTextReader, type FeatureValue } from '../feature-values.ts';
import type { InputColumns } from '../input-columns.ts';
import { PredictorFailure } from '../predictor.ts';
import type { OnnxValue, TensorData } from './runtime.ts';

/** Fills one input of a model with rows. */
export type InputFiller = {
  readonly name: string;
  readonly type: string;
  readonly shape: (rows: number) => number[];
  readonly fill: (rows: readonly Row[]) => TensorData;
};

/** If a dimension is not fixed, the runtimes give no number or one that is too large. */
export function fixedSize(dimension: number | string | undefined): number | undefined {
  return typeof dimension === 'number' && dimension > 0 && dimension < 2 ** 31 ? dimension : undefined;
}

type NumberList = { [i: number]: number; readonly length: number };

const numberLists: Readonly<Record<string, (length: number) => NumberList & TensorData>> = {
  float32: (length) => new Float32Array(length),
  float64: (length) => new Float64Array(length),
  int32: (length) => new Int32Array(length),
};

/**
 * Makes the function that fills an input.
 *
 * @param missingText stands for a missing text
 * @throws Error if the input has a type or a width that its features cannot fill
 */
export function createInputFiller(
  value: OnnxValue,
  { name, features }: InputColumns,
  missingText: string,
): InputFiller {
  const place = `input ${JSON.stringify(name)} of the ONNX model`;
  if (!value.isTensor) throw new Error(`${place} is not a tensor`);
  const { type, shape } = value;
  if (shape.length > 2) throw new Error(`${place} has ${shape.length} dimensions: it must have one or two`);
  const width = shape.length === 2 ? fixedSize(shape[1]) : 1;
  if (width !== undefined && width !== features.length) {
    throw new Error(
      `${place} has ${width} columns, but is given ${features.length} features: ${describe(features)}`,
    );
  }
  if (type.startsWith('int')) {
    const nullable = features.find((feature) => feature.nullable);
    if (nullable) {
      throw new Error(
        `${place} takes whole numbers, which cannot be missing, but ${JSON.stringify(nullable.name)} may be: export the model with an input of type float`,
      );
    }
  }
  const shapeOf = (rows: number) => (shape.length === 1 ? [rows] : [rows, features.length]);
  if (type === 'string') {
    const readers = features.map(createTextReader);
    const fill = (rows: readonly Row[]) =>
      rows.flatMap((row) => readers.map((read) => read(row) ?? missingText));
    return { name, type, shape: shapeOf, fill };
  }
  const readers = features.map(createFeatureReader);
  const values = (rows: readonly Row[]) => rows.flatMap((row) => readers.map((read) => read(row)));
  if (type === 'int64') {
    const fill = (rows: readonly Row[]) =>
      BigInt64Array.from(values(rows), (value) => BigInt(toWhole(value, name)));
    return { name, type, shape: shapeOf, fill };
  }
  const makeList = numberLists[type];
  if (makeList === undefined) {
    throw new Error(`${place} is of type ${type}: it must be float, double, int64, int32 or string`);
  }
  const convert = type === 'int32' ? toInt32 : toNumber;
  const fill = (rows: readonly Row[]) => {
    const all = values(rows);
    const list = makeList(all.length);
    for (let i = 0; i < all.length; i++) list[i] = convert(all[i], name);
    return list;
  };
  return { name, type, shape: shapeOf, fill };
}

function describe(features: readonly Feature[]): string {
  return features.map(({ name }) => JSON.stringify(name)).join(', ');
}

/** A missing value is NaN. */
function toNumber(value: FeatureValue, input: string): number {
  if (value === null) return Number.NaN;
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isNaN(number)) return number;
  throw new PredictorFailure(
    'refused',
    `input ${JSON.stringify(input)} of the ONNX model takes numbers, not text`,
  );
}

function toWhole(value: FeatureValue, input: string): number {
  const number = toNumber(value, input);
  if (Number.isSafeInteger(number)) return number;
  throw new PredictorFailure(
    'refused',
    `input ${JSON.stringify(input)} of the ONNX model takes whole numbers`,
  );
}

/** A typed array would silently turn a larger number into a different one. */
function toInt32(value: FeatureValue, input: string): number {
  const number = toWhole(value, input);
  if (number === (number | 0)) return number;
  throw new PredictorFailure(
    'refused',
    `input ${JSON.stringify(input)} of the ONNX model takes 32-bit whole numbers`,
  );
}

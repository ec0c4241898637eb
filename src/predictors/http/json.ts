import { z } from 'zod';
import type { Row } from '../../model/row.ts';
import { createFeatureReader } from '../feature-values.ts';
import { createAnswerReader } from '../read-answer.ts';
import type { WatchedModel } from '../watched-model.ts';
import { createFinder, jsonPointer } from './json-pointer.ts';
import { commonSettings, type Protocol, requireList } from './protocol.ts';

/** Placeholders in a request for one row, or for a list of rows. */
const placeholders = { one: '{row}', several: '{rows}' } as const;

export const jsonSettings = z
  .strictObject({
    ...commonSettings,
    protocol: z.literal('json'),
    request: z
      .exactOptional(z.json())
      .describe(
        'The request, in which the text `{row}` stands for a row as an object of its features, or `{rows}` for a list of such. By default, the row alone',
      )
      .refine(
        (request) => request === undefined || countPlaceholders(request) === 1,
        `must contain either ${JSON.stringify(placeholders.one)} or ${JSON.stringify(placeholders.several)}, once, as a value`,
      ),
    predictions: z
      .exactOptional(jsonPointer)
      .describe(
        'With `{rows}`: JSON pointer to the list of predictions in the answer. By default, the answer itself',
      ),
    score: jsonPointer.describe(
      'JSON pointer to the probability of the positive class: in the answer, or with `{rows}` in each prediction',
    ),
    prediction: z
      .exactOptional(jsonPointer)
      .describe(
        'JSON pointer to the predicted class, relative to the same value. By default, the threshold decides',
      ),
  })
  .describe('Any endpoint that accepts and returns JSON');

function countPlaceholders(value: unknown): number {
  if (typeof value === 'object' && value !== null) {
    return Object.values(value).reduce((sum: number, part) => sum + countPlaceholders(part), 0);
  }
  return value === placeholders.one || value === placeholders.several ? 1 : 0;
}

/** A custom endpoint. */
export function createJsonProtocol(
  { request = placeholders.one, predictions = '', score, prediction }: z.infer<typeof jsonSettings>,
  model: WatchedModel,
): Protocol {
  const { pieces, takesSeveral } = splitTemplate(request);
  const writeRow = createRowWriter(model);
  const findPredictions = createFinder(predictions);
  const findScore = createFinder(score);
  const findPrediction = prediction === undefined ? undefined : createFinder(prediction);
  const read = createAnswerReader(model.output, prediction !== undefined);
  return {
    maxRows: takesSeveral ? 1_000 : 1,
    encode: (rows) => pieces.join(JSON.stringify(takesSeveral ? rows.map(writeRow) : writeRow(rows[0]))),
    decode(answer, rows) {
      const found = takesSeveral ? requireList(findPredictions(answer), rows) : [answer];
      return found.map((item) => read(findScore(item), findPrediction?.(item)));
    },
  };
}

/** The text of a request before and after its placeholder. */
function splitTemplate(request: unknown): {
  readonly pieces: readonly string[];
  readonly takesSeveral: boolean;
} {
  // a whole value, not the name of a member or part of a longer text
  let takesSeveral = false;
  const mark = '\ue000';
  const text = JSON.stringify(request, (_, value) => {
    if (value === placeholders.several) takesSeveral = true;
    return value === placeholders.one || value === placeholders.several ? mark : value;
  });
  return { pieces: text.split(`"${mark}"`), takesSeveral };
}

/** Every feature by name, missing ones as `null`. */
function createRowWriter({ features }: WatchedModel): (row: Row) => object {
  const readers = features.map((feature) => ({ name: feature.name, read: createFeatureReader(feature) }));
  return (row) => {
    // without a prototype, so that a feature may be called `__proto__`
    const values = Object.create(null);
    for (const { name, read } of readers) values[name] = read(row);
    return values;
  };
}

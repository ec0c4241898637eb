import type { Deployment } from '../deployments/deployment.ts';
import { isOwnKey, ownKeyRule } from '../model/own-key.ts';
import { readProbability } from '../model/probability.ts';
import { isObject, type Row } from '../model/row.ts';
import { escapePointer } from '../model/validate-input.ts';
import { recordRejection } from '../monitor/model-counts.ts';
import { dayMs } from '../times/day.ts';
import { parseTime } from '../times/parse-time.ts';
import { RowFault } from './row-fault.ts';

/** Clocks of other machines may be ahead of ours by this much. */
const maxAheadMs = 60_000;
/** A field name longer than this is not repeated in the answer. */
const maxNameShown = 128;

/** A prediction that was made elsewhere. */
export type ObservedPrediction = {
  readonly row: Row;
  /** P(positive class). */
  readonly score: number;
  /** The predicted class, by its index; undefined if it was not given. */
  readonly predictedClass: number | undefined;
  readonly key: string | undefined;
  /** When it was made, in ms since 1970; undefined if it was not given. */
  readonly timeMs: number | undefined;
};

const fields: ReadonlySet<string> = new Set(['features', 'score', 'prediction', 'key', 'time']);

/** ISO 8601 with its offset from UTC; `parseTime` checks that the day exists. */
const timeForm = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)$/;

/**
 * Makes the check of rows as parsed from JSON, which returns their content, or why they are refused. Fields of
 * `features` that the model does not know are counted and otherwise ignored.
 *
 * @param nowMs the current time in ms since 1970
 * @param maxAgeMs older rows are refused: they would be useless, as their outcomes have expired
 */
export function createObservationCheck(
  { validate, placeOfClass, counts }: Pick<Deployment, 'validate' | 'placeOfClass' | 'counts'>,
  { nowMs, maxAgeMs }: { readonly nowMs: number; readonly maxAgeMs: number },
): (value: unknown) => ObservedPrediction | RowFault {
  const countUnknown = (count: number) => recordRejection(counts, '', 'unknown_field', count);
  const earliestMs = nowMs - maxAgeMs;
  const latestMs = nowMs + maxAheadMs;
  const classNames = counts.classes.map((name) => JSON.stringify(name)).join(' or ');

  function readTime(text: unknown): number | RowFault {
    const refuse = (message: string) => new RowFault('invalid_time', '/time', message);
    const timeMs = typeof text === 'string' && timeForm.test(text) ? parseTime(text) : Number.NaN;
    if (Number.isNaN(timeMs)) {
      return refuse('must be a time in ISO 8601 with its offset, such as 2026-01-31T12:00:00Z');
    }
    if (timeMs > latestMs) return refuse('must not be in the future');
    if (timeMs < earliestMs) return refuse(`must not be more than ${maxAgeMs / dayMs} days ago`);
    return timeMs;
  }

  return (value) => {
    if (!isObject(value)) {
      return new RowFault('not_an_object', '', 'must be a JSON object with "features" and "score"');
    }
    for (const name in value) if (!fields.has(name)) return unknownField(name);
    const { features, prediction, key, time } = value;
    const faults = validate(features, countUnknown);
    if (faults !== null) {
      const [{ code, pointer, message }] = faults.told;
      const more = faults.total > 1 ? `, and ${faults.total - 1} more` : '';
      return new RowFault(code, `/features${pointer}`, `${message}${more}`, faults.counts);
    }
    const score = readProbability(value.score);
    if (score === undefined) {
      return new RowFault('invalid_score', '/score', 'must be a number from 0 to 1');
    }
    let predictedClass: number | undefined;
    if (prediction !== undefined && prediction !== null) {
      predictedClass = placeOfClass(prediction) ?? undefined;
      if (predictedClass === undefined) {
        return new RowFault('invalid_prediction', '/prediction', `must be ${classNames}`);
      }
    }
    if (key !== undefined && key !== null && !isOwnKey(key)) {
      return new RowFault('invalid_key', '/key', ownKeyRule);
    }
    const timeMs = time === undefined || time === null ? undefined : readTime(time);
    if (timeMs instanceof RowFault) return timeMs;
    return { row: features as Row, score, predictedClass, key: key ?? undefined, timeMs };
  };
}

function unknownField(name: string): RowFault {
  const pointer = name.length > maxNameShown ? '' : `/${escapePointer(name)}`;
  return new RowFault('unknown_field', pointer, `is not one of ${[...fields].join(', ')}`);
}

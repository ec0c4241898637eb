import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Papa from 'papaparse';
import type { Row } from '../../src/model/row.ts';
import { root } from '../support/service.ts';

export const scoredTable = join(root, 'test/predictors/fixtures/scored.csv');

/** Rows that the models of the fixtures were not fitted on, with what scikit-learn says of them. */
export type ScoredRow = {
  readonly row: Row;
  /** P(bad) by the gradient boosting. */
  readonly score: number;
  /** P(bad) by the model of `income` and `age` alone. */
  readonly scoreOfNumbers: number;
};

export const scoredRows: readonly ScoredRow[] = Papa.parse<Record<string, string>>(
  readFileSync(scoredTable, 'utf8'),
  {
    header: true,
    skipEmptyLines: true,
  },
).data.map(({ income, age, tenure, employment, city, p_bad, p_bad_of_numbers }) => ({
  row: {
    income: Number(income),
    age: Number(age),
    tenure: tenure === '' ? null : Number(tenure),
    employment,
    city: city === '' ? null : city,
  },
  score: Number(p_bad),
  scoreOfNumbers: Number(p_bad_of_numbers),
}));

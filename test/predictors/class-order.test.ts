import assert from 'node:assert/strict';
import { positiveColumn } from '../../src/predictors/class-order.ts';

describe('the column of the positive class', () => {
  const cases: readonly [positive: string, negative: string, column: number][] = [
    ['yes', 'no', 1],
    ['bad', 'good', 0],
    ['1', '0', 1],
    ['-1', '1', 0],
    ['10', '9', 1],
    ['10', '9x', 0],
    ['True', 'False', 1],
    ['b', 'B', 1],
    ['\u{1f600}', '\ufffd', 1],
  ];
  for (const [positive, negative, column] of cases) {
    it(`of ${positive} next to ${negative} is ${column}`, () => {
      assert.equal(positiveColumn({ positive, negative }), column);
    });
  }
});

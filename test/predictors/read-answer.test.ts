import assert from 'node:assert/strict';
import { createAnswerReader } from '../../src/predictors/read-answer.ts';

describe('createAnswerReader', () => {
  it('also recognises the class of a model whose classes are booleans by its number', () => {
    const read = createAnswerReader({ positive: 'true', negative: 'false' }, true);
    for (const prediction of [true, 'True', 'true', 1, 1n, '1']) {
      assert.deepEqual(read(0.25, prediction), { score: 0.25, prediction: 'true' });
    }
    for (const prediction of [false, 'False', 0, 0n]) {
      assert.deepEqual(read(0.25, prediction), { score: 0.25, prediction: 'false' });
    }
    assert.throws(() => read(0.25, 2), { reason: 'bad_answer' });
    const swapped = createAnswerReader({ positive: 'False', negative: 'True' }, true);
    assert.deepEqual(swapped(0.25, 0), { score: 0.25, prediction: 'False' });
  });

  it('accepts numbers only for classes with these names', () => {
    const read = createAnswerReader({ positive: 'yes', negative: 'no' }, true);
    assert.throws(() => read(0.25, 1), { reason: 'bad_answer' });
    const numbers = createAnswerReader({ positive: '0', negative: '1' }, true);
    assert.deepEqual(numbers(0.25, 0n), { score: 0.25, prediction: '0' });
  });
});

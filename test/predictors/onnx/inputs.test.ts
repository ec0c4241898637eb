import assert from 'node:assert/strict';
import { createInputFiller } from '../../../src/predictors/onnx/inputs.ts';
import { PredictorFailure } from '../../../src/predictors/predictor.ts';
import { categorical, numeric } from '../watched-model.ts';

const tensor = (type: string) => ({ name: 'x', isTensor: true, type, shape: [-1, 1] }) as const;

describe('an input of an ONNX model', () => {
  it('of texts gets categories as the model file writes them, however they arrived', () => {
    const input = { name: 'x', features: [categorical('vip', true, ['True', 'False'])] };
    const { fill } = createInputFiller(tensor('string'), input, 'none');
    const rows = [{ vip: true }, { vip: 'FALSE' }, { vip: 'maybe' }, {}];
    assert.deepEqual(fill(rows), ['True', 'False', 'maybe', 'none']);
    const codes = { name: 'x', features: [categorical('code', false, ['1.0', '2.5'])] };
    assert.deepEqual(createInputFiller(tensor('string'), codes, '').fill([{ code: 1 }, { code: 2.5 }]), [
      '1.0',
      '2.5',
    ]);
  });

  it('of whole numbers refuses what its type cannot hold', () => {
    const input = { name: 'x', features: [numeric('n', false)] };
    const { fill } = createInputFiller(tensor('int32'), input, '');
    assert.deepEqual([...fill([{ n: 2 ** 31 - 1 }, { n: -(2 ** 31) }])], [2 ** 31 - 1, -(2 ** 31)]);
    for (const n of [2 ** 31, -(2 ** 31) - 1, 0.5]) {
      assert.throws(
        () => fill([{ n }]),
        (error) => error instanceof PredictorFailure && error.reason === 'refused',
      );
    }
    assert.deepEqual([...createInputFiller(tensor('int64'), input, '').fill([{ n: 2 ** 31 }])], [2n ** 31n]);
  });
});

import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, startTestService } from '../../support/service.ts';
import { documentedPredictor, makeModel } from '../make-model.ts';
import { scoredRows } from '../scored-rows.ts';

describe('the service with an ONNX model', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('is made as the documents say, and answers the same as scikit-learn', async () => {
    await copyFile(join(root, 'test/predictors/fixtures/credit.onnx'), join(folder, 'churn.onnx'));
    const path = join(folder, 'credit.json');
    const said = await makeModel(path, await documentedPredictor('onnx'));
    assert.match(said, /predictor gives the scores of the table in 100 of its rows/);
    const service = await startTestService({ MODEL_PATH: path });
    try {
      for (const { row, score } of scoredRows.slice(0, 20)) {
        const response = await fetch(`${service.api}/predict`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(row),
        });
        assert.equal(response.status, 200);
        const answer = (await response.json()) as { score: number; prediction: string };
        assert.ok(Math.abs(answer.score - score) < 1e-6, `${answer.score}, not ${score}`);
        assert.equal(answer.prediction, score >= 0.5 ? 'bad' : 'good');
      }
    } finally {
      await service.stop();
    }
  });

  it('is not made if the file gives the probability of the other class', async () => {
    const predictor = { ...(await documentedPredictor('onnx')), positiveColumn: 1 };
    const made = makeModel(join(folder, 'other.json'), predictor);
    await assert.rejects(made, ({ stderr }: Error & { stderr: string }) => {
      assert.match(stderr, /scores row 1 of the table with 0\.72\d+, which has 0\.27\d+ there/);
      return true;
    });
    await assert.rejects(readFile(join(folder, 'other.json')), { code: 'ENOENT' });
  });
});

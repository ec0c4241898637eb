import assert from 'node:assert/strict';
import { deploy } from '../../src/deployments/deployment.ts';
import { createPredictIntake, predictLimits } from '../../src/http/predict-rows.ts';
import { parseInference } from '../../src/http/v2-body.ts';
import { readInference } from '../../src/http/v2-request.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import { assertShortTurns } from '../support/short-turns.ts';
import { unkeptModels } from '../support/unkept-models.ts';

const maxHeldMs = 30;
const { bytes } = predictLimits;

/** A body of the greatest size: a part again and again, between a beginning and an end. */
function fill(part: string, start = '', end = ''): string {
  return start + part.repeat((bytes - start.length - end.length) / part.length) + end;
}

const column = (name: string, datatype: string, value: unknown) => ({
  name,
  shape: [predictLimits.rows, 1],
  datatype,
  data: Array(predictLimits.rows).fill(value),
});

const bodies: readonly [what: string, body: string][] = [
  [
    'as many rows as may come',
    JSON.stringify({
      inputs: [
        column('age', 'FP64', 30.5),
        column('limit', 'INT64', 2000),
        // a category as long as there is room for
        column('history', 'BYTES', 'é'.repeat(1_000)),
      ],
    }),
  ],
  ['lists that never end', fill('[')],
  ['numbers', fill('1,', '{"inputs":[', '1]}')],
  ['empty inputs', fill('{},', '{"inputs":[', '{}]}')],
  ['as many empty inputs as may come', `{"inputs":[${'{},'.repeat(66_000)}{}]}`],
  ['missing numbers and a mistake', fill('NaN,', '{"inputs":[', 'x]}')],
  ['one text that goes on', fill('a', '"')],
  ['quotation marks', fill('"')],
];

describe('an inference request of the greatest size', () => {
  const models = unkeptModels();
  const intake = createPredictIntake();

  for (const [what, body] of bodies) {
    it(`holds the event loop for less than ${maxHeldMs} ms at a time: ${what}`, async () => {
      const artifact = await loadArtifact('models/credit.json');
      const deployment = deploy(artifact, { predictor: undefined, sampleValues: 'raw', models });
      const bytes = Buffer.from(body);
      const read = () =>
        intake
          .inTurn(async (pause) => readInference(await parseInference(bytes, pause), deployment, pause))
          .catch(() => {});
      // compiled as it is in a service that has taken some
      await read();
      await assertShortTurns(maxHeldMs, read);
    });
  }

  it('has room for 32 of them', () => {
    const holds = Array.from({ length: 32 }, () => intake.hold(bytes));
    assert.throws(() => intake.hold(1), { key: 'overloaded' });
    for (const release of holds) release();
  });
});

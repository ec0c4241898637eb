import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { deploy } from '../../src/deployments/deployment.ts';
import { findRows } from '../../src/http/body-rows.ts';
import { recordBatch } from '../../src/http/observation-batch.ts';
import { createObservationIntake, observationLimits } from '../../src/http/observation-intake.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createTokens } from '../../src/outcomes/token.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';
import { assertShortTurns } from '../support/short-turns.ts';
import { unkeptModels } from '../support/unkept-models.ts';

const maxHeldMs = 30;
const limits = { maxRows: observationLimits.rows, maxRowBytes: 16_384 };
const features = { age: 30, limit: 2000, history: 'good' };
const dayMs = 86_400_000;
/** The most rows, and nearly the most bytes, as a field that the model does not know fills them up. */
const filling = 'é'.repeat((observationLimits.bytes / observationLimits.rows - 200) / 2);
const largest = Array.from({ length: observationLimits.rows }, (_, i) =>
  JSON.stringify({ features: { ...features, filling }, score: (i % 100) / 100, key: `loan-${i}` }),
);
const bodies = {
  'application/x-ndjson': Buffer.from(largest.join('\n')),
  'application/json': Buffer.from(`[${largest.join(',')}]`),
};
type MediaType = keyof typeof bodies;

const artifact = await loadArtifact('models/credit.json');
const models = unkeptModels();
const deployment = deploy(artifact, { predictor: undefined, sampleValues: 'raw', models });
const records = {
  config: { SAMPLES_RATIO: 1 },
  samples: { append: () => true },
  tokens: createTokens([randomBytes(32)]),
};

describe('a batch of observations', () => {
  const intake = createObservationIntake();
  const take = (bytes: Buffer, mediaType: string) =>
    intake.inTurn(async (pause) => {
      const rows = await findRows(bytes, mediaType, limits, pause);
      return recordBatch(records, deployment, rows, {
        maxAgeMs: 400 * dayMs,
        wantsIds: true,
        traceId: undefined,
        span: undefined,
        pause,
      });
    });

  for (const mediaType of Object.keys(bodies) as MediaType[]) {
    it(`holds the event loop for less than ${maxHeldMs} ms at a time: ${mediaType}`, async () => {
      // compiled as it is in a service that has taken some
      await take(bodies[mediaType], mediaType);
      await assertShortTurns(maxHeldMs, async () => {
        assert.equal((await take(bodies[mediaType], mediaType)).accepted, observationLimits.rows);
      });
    });
  }

  it('holds it no longer where hundreds of short ones come at a time', async () => {
    const short = Buffer.from(largest.slice(0, 20).join('\n'));
    await assertShortTurns(maxHeldMs, () =>
      Promise.all(Array.from({ length: 500 }, () => take(short, 'application/x-ndjson'))),
    );
  });

  for (const [what, bytes] of [
    ['blanks', Buffer.alloc(observationLimits.bytes, ' ')],
    ['line ends', Buffer.alloc(observationLimits.bytes, '\n')],
    ['one text', Buffer.alloc(observationLimits.bytes, '"')],
    ['opening brackets', Buffer.alloc(observationLimits.bytes, '[')],
  ] as const) {
    it(`holds it no longer for a body of ${what}`, async () => {
      for (const mediaType of Object.keys(bodies)) {
        await assertShortTurns(maxHeldMs, () => take(bytes, mediaType).catch(() => {}));
      }
    });
  }

  it('leaves an earlier batch its place', async () => {
    const order: string[] = [];
    const [first, second] = [bodies['application/x-ndjson'], Buffer.from(largest[0])].map((body, i) =>
      take(body, 'application/x-ndjson').then(({ accepted }) => order.push(`${i}: ${accepted}`)),
    );
    await Promise.all([first, second]);
    assert.deepEqual(order, ['0: 10000', '1: 1']);
  });

  it('gets room as long as there is some, and releases it', () => {
    const holds = Array.from({ length: 4 }, () => intake.hold(undefined));
    assert.throws(() => intake.hold(1), {
      key: 'overloaded',
      headers: { 'retry-after': '1', connection: 'close' },
    });
    holds[0]();
    intake.hold(observationLimits.bytes)();
    for (const release of holds.slice(1)) release();
  });
});

describe('a service that takes a batch of the greatest size', () => {
  let service: TestService;
  before(async () => {
    service = await startTestService();
  });
  after(() => service?.stop());

  it('answers /health and /predict meanwhile', async () => {
    let isTaken = false;
    const taking = fetch(`${service.admin}/observations`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: bodies['application/x-ndjson'],
    }).then(async (response) => {
      isTaken = true;
      return { status: response.status, body: (await response.json()) as { accepted: number } };
    });
    let answered = 0;
    while (!isTaken) {
      const [health, predict] = await Promise.all([
        fetch(`${service.api}/health`),
        postJson(`${service.api}/predict`, features),
      ]);
      await health.arrayBuffer();
      assert.deepEqual([health.status, predict.status], [200, 200]);
      if (!isTaken) answered++;
    }
    const { status, body } = await taking;
    assert.deepEqual([status, body.accepted], [202, observationLimits.rows]);
    assert.ok(answered >= 3, `${answered} answers while the batch was taken`);
  });
});

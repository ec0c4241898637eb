import assert from 'node:assert/strict';
import { type Context, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { createShadowQueue, type FollowedRow } from '../../src/deployments/shadow-queue.ts';
import { loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { referenceOf } from '../../src/model/artifact-reference.ts';
import type { Row } from '../../src/model/row.ts';
import { createInputValidator } from '../../src/model/validate-input.ts';
import { createModelCounts } from '../../src/monitor/model-counts.ts';
import { createContextManager } from '../../src/telemetry/context-manager.ts';
import { logisticOf } from '../support/model-parts.ts';
import { eventually } from '../support/service.ts';

describe('the rows that wait for a shadow', () => {
  before(() => context.setGlobalContextManager(createContextManager().enable()));
  after(() => context.disable());

  it('are scored in no trace of a request: the first of them would get the calls of all', async () => {
    const shadow = { validate: () => null } as unknown as Deployment;
    const seen: Context[] = [];
    const queue = createShadowQueue({
      shadow: () => shadow,
      score(_shadow, rows) {
        seen.push(context.active());
        return rows.map(() => ({ score: 0.5 }));
      },
      onScored: () => {},
      onFailure: assert.fail,
      onDropped: (_champion, reason) => assert.fail(reason),
    });
    const ofRequest = ROOT_CONTEXT.setValue(createContextKey('request'), 1);
    const row = { row: {}, champion: shadow } as unknown as FollowedRow;
    context.with(ofRequest, () => {
      queue.add(row);
      queue.add(row);
    });
    await eventually(() => assert.equal(seen.length, 2));
    assert.deepEqual(seen, [ROOT_CONTEXT, ROOT_CONTEXT]);
    assert.ok(seen.every((one) => one === ROOT_CONTEXT));
  });

  it('are left out under the version that each of them follows, also where one comes after another', async () => {
    const shadow = { validate: () => null } as unknown as Deployment;
    const [before, after] = [1, 2].map((sinceMs) => ({ sinceMs }) as Deployment);
    const dropped = new Map<Deployment, number>();
    const queue = createShadowQueue({
      shadow: () => shadow,
      score: async () => {
        throw new Error('no network');
      },
      onScored: () => assert.fail(),
      onFailure: () => {},
      onDropped: (champion, _reason, rows) => dropped.set(champion, (dropped.get(champion) ?? 0) + rows),
    });
    for (const champion of [before, before, after, after, after]) {
      queue.add({ row: {}, champion } as unknown as FollowedRow);
    }
    await queue.idle();
    assert.deepEqual([dropped.get(before), dropped.get(after)], [2, 3]);
  });

  it('are scored without the features that only the champion has; one that lacks any other is refused', async () => {
    const { version: _, segments: __, ...credit } = await loadArtifact('models/credit.json');
    const isOwn = ({ name }: { name: string }) => name !== 'limit';
    const logistic = logisticOf(credit);
    const artifact = sealArtifact({
      ...credit,
      name: 'smaller',
      features: credit.features.filter(isOwn),
      predictor: { ...logistic, features: logistic.features.filter(isOwn) },
    });
    const counts = createModelCounts(referenceOf(artifact));
    const shadow = { artifact, validate: createInputValidator(artifact), counts } as unknown as Deployment;
    const scored: Row[] = [];
    const queue = createShadowQueue({
      shadow: () => shadow,
      score: (_shadow, rows) => rows.map(() => ({ score: 0.5 })),
      onScored: (_shadow, row) => scored.push(row),
      onFailure: assert.fail,
      onDropped: (_champion, reason) => assert.fail(reason),
    });
    for (const row of [
      { limit: 2000, history: 'good' },
      { age: 30, limit: 2000, history: 'good' },
    ]) {
      queue.add({ row, champion: shadow } as unknown as FollowedRow);
    }
    await eventually(() => assert.deepEqual(scored, [{ age: 30, history: 'good' }]));
    assert.equal(counts.refused, 1);
    assert.equal(counts.rejections.get('age')?.get('missing'), 1);
  });
});

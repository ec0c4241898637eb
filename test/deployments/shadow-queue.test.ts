import assert from 'node:assert/strict';
import { type Context, context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { createShadowQueue, type FollowedRow } from '../../src/deployments/shadow-queue.ts';
import { createContextManager } from '../../src/telemetry/context-manager.ts';
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
});

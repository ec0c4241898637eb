import assert from 'node:assert/strict';
import { checkHistory } from '../history/checker.ts';
import { createPlan, shortSeeds } from '../history/plan.ts';
import { runPlan } from '../history/run-plan.ts';
import type { Machine } from '../history/system.ts';
import { tellFindings } from '../history/tell.ts';
import { mountLauncher } from '../samples/support/child.ts';
import { requireTool } from '../support/tools.ts';

const isLong = process.env.FAULTS === 'long';
const { SEED } = process.env;
/** Together 100 kills and 100 stops; in the short form, whose seeds have every kind of fault, five of each. */
const seeds =
  SEED !== undefined
    ? SEED.split(',').map(Number)
    : isLong
      ? Array.from({ length: 40 }, (_, i) => (Date.now() + i) % 2 ** 31)
      : shortSeeds;

describe('a history of kills, stops and faults', () => {
  let machine: Machine;

  before(async function () {
    const redis = requireTool(this, 'redis-server');
    const faketime = requireTool(this, 'faketime');
    machine = { redis, faketime, unshare: await mountLauncher(this) };
  });

  for (const seed of seeds) {
    it(`keeps what it acknowledged, counts it once, and deletes it for good (seed ${seed})`, async () => {
      const plan = createPlan(seed);
      const history = await runPlan(plan, machine);
      const findings = checkHistory(history);
      assert.ok(findings.length === 0, tellFindings(findings, history, plan));
    });
  }
});

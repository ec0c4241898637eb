import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';

/** However it is imported; a name in quotes is of a clock that the test holds. */
const waits = /(?<!['`])\bset(Timeout|Interval)\b|\bscheduler\.wait\b|\bAtomics\.wait\(/;

/** Where time really passes, and why. Everywhere else, tests wait for what happens, or move a clock that they hold. */
const allowed = {
  'test/support/service.ts': '`eventually` looks again and again',
  'test/predictors/model-servers.ts': 'looks whether a server in another language has started',
  'test/support/load.ts': 'spaces the attempts to reach a service that is gone',
  'test/history/run-plan.ts': 'spaces scrapes, as Prometheus does',
  'test/samples/forget-rows.slow.test.ts': 'lets other work come at different moments of a deletion',
  'test/outcomes/read-series.test.ts': 'lets readings come at different moments of a deletion',
  'test/support/clock.ts': 'lets the time of a process pass faster',
  'test/faults/collector.test.ts': 'a Collector that answers slowly',
  'test/faults/endurance.test.ts': 'a client that sends its headers slowly',
  'test/faults/overload.test.ts': 'asks for health again and again',
  'test/faults/scrapes.test.ts': 'scrapes again and again, as Prometheus does',
  'test/http/end-of-turn.test.ts': 'blocks the event loop, as a long computation does',
  'test/**/programs/*.ts': 'processes that tests start: none waits longer than the test',
  'test/stack/*.ts': 'Prometheus, Grafana and the others cannot be given a clock',
};

describe('a test', () => {
  it('does not wait for a time to pass', () => {
    const unused = new Set(Object.keys(allowed));
    for (const path of globSync('test/**/*.{ts,mts}')) {
      const text = readFileSync(path, 'utf8');
      if (!waits.test(text)) continue;
      const [place] = Object.keys(allowed).filter((pattern) => matchesGlob(path, pattern));
      assert.ok(place, `${path} waits: hold its clock, or wait for what is to happen with \`eventually\``);
      unused.delete(place);
    }
    assert.deepEqual([...unused], []);
  });
});

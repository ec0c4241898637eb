import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';

/** Where time really passes, and why. Everywhere else, tests wait for what happens, or move a clock that they hold. */
const allowed = {
  'test/support/service.ts': '`eventually` looks again and again',
  'test/predictors/model-servers.ts': 'looks whether a server in another language has started',
  'test/support/load.ts': 'spaces the attempts to reach a service that is gone',
  'test/history/run-plan.ts': 'spaces scrapes, as Prometheus does',
  'test/samples/forget-rows.slow.test.ts': 'lets other work come at different moments of a deletion',
  'test/outcomes/read-series.test.ts': 'lets readings come at different moments of a deletion',
  'test/faults/collector.test.ts': 'a Collector that answers slowly',
  'test/http/end-of-turn.test.ts': 'blocks the event loop, as a long computation does',
  'test/**/programs/*.ts': 'processes that tests start: none waits longer than the test',
  'test/stack/*.ts': 'Prometheus, Grafana and the others cannot be given a clock',
};

describe('a test', () => {
  it('does not wait for a time to pass', () => {
    const unused = new Set(Object.keys(allowed));
    for (const path of globSync('test/**/*.{ts,mts}')) {
      const text = readFileSync(path, 'utf8');
      const waits = /(?<![.\w'])setTimeout\(|import \{[^}]*\bsetTimeout\b[^}]*\} from|Atomics\.wait\(/.test(
        text,
      );
      if (!waits) continue;
      const [place] = Object.keys(allowed).filter((pattern) => matchesGlob(path, pattern));
      assert.ok(place, `${path} waits: hold its clock, or wait for what is to happen with \`eventually\``);
      unused.delete(place);
    }
    assert.deepEqual([...unused], []);
  });
});

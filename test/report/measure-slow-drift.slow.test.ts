import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { drawNormal } from '../../bench/draw-normal.ts';
import { numericReference } from '../../src/profile/make-reference.ts';
import { countLive } from '../../src/report/compute/count-live.ts';
import { artifactReference, onlyCounted } from '../../src/report/compute/drift-reference.ts';
import { createLiveCounters } from '../../src/report/compute/live-counters.ts';
import { computeReport } from '../../src/report/compute-report.ts';
import { numericBinIndex } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';
import { createSlowDrift, slowDriftRule } from '../../src/stats/slow-drift.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { driftReport, featureOf, runCommand } from './run-command.ts';
import { artifact, makeSamples, toCsv, toJsonl } from './samples.ts';

const startMs = Date.parse('2026-03-01T00:00:00Z');
const dayMs = 86_400_000;
const changesOn = 30;
const random = createRandom(8);

/** Rows of two numbers and a category, of which the first number falls by so many deviations. */
function rowOf(moved: number) {
  return {
    income: Number((50 - 10 * moved + 10 * drawNormal(random)).toFixed(2)),
    age: Math.round(40 + 10 * drawNormal(random)),
    region: random() < 0.7 ? 'north' : 'south',
  };
}

const reference = Array.from({ length: 1000 }, () => rowOf(0));
/** Twelve rows a day, but none on the fortieth; in no order. */
const live = Array.from({ length: 62 * 12 }, (_, i) => {
  const timeMs = startMs + ((i * 7919) % 744) * (dayMs / 12);
  const day = Math.floor((timeMs - startMs) / dayMs);
  return { day, time: new Date(timeMs).toISOString(), ...rowOf(day < changesOn ? 0 : 0.5) };
}).filter(({ day }) => day !== 40);
const untimed = live.map(({ income, age, region }) => ({ income, age, region }));

async function files() {
  const folder = await temporaryFolder();
  return {
    folder,
    args: [
      '--reference',
      await folder.write('reference.csv', toCsv(reference)),
      '--live',
      await folder.write(
        'live.csv',
        toCsv(live.map(({ time, income, age, region }) => ({ time, income, age, region }))),
      ),
    ],
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe('slow drift in the report', () => {
  it('is what the bets of all calendar days show, with the day on which it most likely began', async () => {
    await using there = await files();
    const report = await driftReport(...there.args);
    const income = featureOf(report, 'income');

    const { edges, counts } = numericReference(Float64Array.from(reference, (row) => row.income));
    const bets = createSlowDrift(counts.slice(0, -1)) ?? assert.fail('the reference has values');
    for (let day = 0; day < 62; day++) {
      const counted = new Float64Array(edges.length + 1);
      for (const row of live) if (row.day === day) counted[numericBinIndex(edges, row.income)]++;
      bets.addDay(counted, day);
    }
    const { since = Number.NaN } = bets.found() ?? {};
    assert.ok(Math.abs(since - changesOn) <= 5, `since day ${since}`);
    assert.deepEqual(income.slowDrift, {
      evidence: bets.evidence(),
      direction: 'falls',
      since: new Date(startMs + since * dayMs).toISOString(),
    });
    assert.notEqual(income.verdict, 'drifting', 'all rows as one do not show it');
    assert.equal(report.verdict, 'drifting');
    const told = `drifted slowly downwards since about ${income.slowDrift?.since?.slice(0, 10)}.`;
    assert.ok(income.sentence.startsWith(`It has ${told} All rows together: `));
    assert.ok(report.headline.startsWith(`income has ${told} All rows together: `));

    const age = featureOf(report, 'age');
    assert.deepEqual([age.slowDrift?.direction, age.slowDrift?.since], [null, null]);
    assert.ok((age.slowDrift?.evidence ?? Number.NaN) < slowDriftRule.threshold);
    assert.equal(featureOf(report, 'region').slowDrift, null);
    assert.equal(report.rule.slowDriftThreshold, slowDriftRule.threshold);
  });

  it('is in the text, on the page and in the exit status, and would have raised an alert', async () => {
    await using there = await files();
    const page = `${there.folder.path}/page.html`;
    const args = [...there.args, '--backtest', '--html', page, '--fail-on', 'drift'];
    const { stdout, code } = await runCommand('drift', args);
    assert.equal(code, 3);
    const text = stdout.replaceAll(/\s+/g, ' ');
    assert.match(
      text,
      /^▲ income has drifted slowly downwards since about 2026-0[34]-\d\d\. All rows together: /,
    );
    assert.match(text, /It has drifted slowly downwards since about/);
    // at the end of a day, three weeks after the change at the latest
    assert.match(text, /\(UTC\): warning ModelDriftSlow income, 2026-04-[01]\d 00:00 – /);
    assert.match(text, /warning ModelDriftSlow income, \S+ 00:00 – the end, at most evidence \d+,\d{3}/);
    assert.equal(text.match(/warning /g)?.length, text.match(/warning ModelDriftSlow income/g)?.length);
    const html = await readFile(page, 'utf8');
    assert.match(html, /1 drifts slowly/);
    assert.match(html, /<dt>Evidence of slow drift<\/dt><dd class="value">\d+,\d{3}<\/dd>/);
    assert.match(html, /bets on it, placed every day/);
    assert.match(html, /ModelDriftSlow \(warning\)/);
  });

  it('requires times', async () => {
    await using there = await files();
    const args = [...there.args.slice(0, 3), await there.folder.write('untimed.csv', toCsv(untimed))];
    const report = await driftReport(...args);
    assert.ok(report.features.every(({ slowDrift }) => slowDrift === null));
    assert.notEqual(report.verdict, 'drifting');
  });

  it('is not searched for in more days than fit into memory, and the report says so', async () => {
    const features = Array.from({ length: 1000 }, (_, i) => ({
      ...onlyCounted,
      name: `x${i}`,
      bins: { kind: 'numeric', edges: [1, 2, 3, 4, 5, 6, 7] } as const,
      counts: [...Array(8).fill(10), 0],
    }));
    const known = { ...artifactReference(artifact), features, score: null };
    const state = createLiveCounters(known, { backtest: false, isModels: false });
    const row = {
      values: features.map(() => 2.5),
      bins: null,
      outside: {},
      time: null,
      version: null,
      score: null,
      prediction: null,
    };
    let days = 0;
    for (; state.byDay.stepMs === dayMs; days++) {
      state.countFeatures(row);
      state.countTime(startMs + days * dayMs);
    }
    assert.ok(days > 365 && days < 1500, `${days} days`);

    await using folder = await temporaryFolder();
    const path = await folder.write('samples.jsonl', toJsonl(makeSamples({ count: 10 })));
    const compared = artifactReference(artifact);
    const counted = await countLive([path], compared, { artifact, backtest: false });
    const report = computeReport(compared, { ...counted, byDay: state.byDay }, artifact);
    assert.ok(report.features.every(({ slowDrift }) => slowDrift === null));
    assert.ok(report.notes.some((note) => note.includes('so many days that slow drift is not looked for')));
  });
});

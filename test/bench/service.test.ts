import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { makeBodies } from '../../bench/bodies.ts';
import type { Round } from '../../bench/comparison.ts';
import { readDocuments } from '../../bench/documents.ts';
import { formatFigure, summarise } from '../../bench/figures.ts';
import { goals, judge, measureFigures, ratio } from '../../bench/goals.ts';
import { attribute } from '../../bench/profile.ts';
import { addToRecord, type RecordedRun, readRecord, toRecordedRun } from '../../bench/record.ts';
import {
  cpuTable,
  describeRuns,
  goalTable,
  headline,
  profileTable,
  runsTable,
} from '../../bench/record-tables.ts';
import { checkBatches, checkRegression } from '../../bench/regression.ts';
import { type Results, renderResults } from '../../bench/results.ts';
import { bareKoa, others, unwatched, type Variant, vigia } from '../../bench/variants.ts';
import { widen } from '../../bench/wide-artifact.ts';
import { loadArtifact, validateArtifact } from '../../src/model/artifact.ts';
import { scorerOf } from '../support/model-parts.ts';

const figure = (value: number) => summarise([value]);

/**
 * Rounds in which a request takes a given number of µs of processor time; everything else follows from that or stays
 * the same.
 */
function rounds(cpuMicros: readonly number[], p99Ms = 10): Round[] {
  return cpuMicros.map((value) => ({
    requests: 3e6 / value,
    failed: 0,
    requestsPerSecond: 1e6 / value,
    p50Ms: 5,
    p99Ms,
    readyMs: 500,
    cpuMicros: value,
    busy: 1,
  }));
}

const variant = (key: string): Variant => {
  const found = [unwatched, bareKoa, ...others(''), vigia('', 0), vigia('', 0.1), vigia('', 1)].find(
    (one) => one.key === key,
  );
  assert.ok(found, key);
  return found;
};

const compared = (cpuMicros: Readonly<Record<string, readonly Round[]>>) =>
  Object.entries(cpuMicros).map(([key, of]) => ({ variant: variant(key), rounds: of }));

const results: Results = {
  command: 'npm run bench',
  date: '2026-12-01',
  machine: { host: 'a machine', commit: '0123456789ab', placement: 'anywhere', versions: 'Node v24' },
  wakeUp: { asleepMicros: summarise([20, 18, 22]), awakeMicros: summarise([6, 5, 7]) },
  connections: 50,
  seconds: 3,
  // in the second round the machine was half as fast
  compared: compared({
    U: rounds([20, 40, 25]),
    V0: rounds([30, 60, 36]),
    V10: rounds([40, 80, 50], 30),
    V100: rounds([100, 200, 110]),
    B: rounds([40, 80, 30]),
    N10: rounds([80, 160, 130]),
    N: rounds([200, 500, 220]),
  }),
  absent: [{ key: 'Py', label: 'Python', command: [], env: {}, absent: 'there is none' }],
  memory: {
    bare: { idleMegabytes: 80, megabytes: [150], sliceSeconds: 10 },
    vigia: { idleMegabytes: 150, megabytes: [240, 260, 250, 255, 250, 280], sliceSeconds: 10 },
  },
  profiles: { U: { tracing: 0.25, native: 0.75 } },
  inProcess: [
    { part: 'observe all features and the score', features: 3, ns: figure(250) },
    { part: 'observe all features and the score', features: 30, ns: figure(2500) },
  ],
  scrape: { features: 50, versions: 3, series: 9000, bytes: 1e6, blockMs: figure(16), cpuMs: figure(17) },
};

/** A run of which only what a test looks at matters. */
function run(given: Partial<RecordedRun>): RecordedRun {
  return { date: '2026-12-01', host: 'h', commit: 'c', rounds: 1, cpuMicros: {}, figures: {}, ...given };
}

const wakeUp = (asleep: number, awake: number) => ({
  asleepMicros: { median: asleep },
  awakeMicros: { median: awake },
});

describe('the bench of the service', () => {
  it('sums up by the middle', () => {
    assert.deepEqual(summarise([5, 1, 9]), { median: 5, min: 1, max: 9 });
    assert.deepEqual(summarise([4, 1, 2, 8]), { median: 3, min: 1, max: 8 });
    assert.throws(() => summarise([]), RangeError);
  });

  it('writes a figure with its range, if it has one', () => {
    assert.equal(formatFigure({ median: 1234.56, min: 1000, max: 2000 }, 1), '1,234.6 (1,000.0–2,000.0)');
    assert.equal(formatFigure({ median: 7 }), '7');
    assert.equal(formatFigure(figure(7)), '7');
  });

  it('compares round by round, so that a slow moment counts on both sides', () => {
    assert.deepEqual(ratio(results, 'V10', 'B', 'requestsPerSecond'), { median: 1, min: 0.6, max: 1 });
    assert.equal(ratio(results, 'V10', 'Py', 'requestsPerSecond'), undefined);
  });

  it('takes the cost of watching against the unwatched service alone, and that of tracing against untraced', () => {
    const figures = measureFigures(results);
    // V0 − U is 10, 20 and 11 µs: half of U twice, and 11 of 25
    assert.deepEqual(figures['watching-micros'], { median: 11, min: 10, max: 20 });
    const share = figures['watching-percent'];
    assert.deepEqual([share.median, share.min, share.max].map(Math.round), [50, 44, 50]);
    assert.deepEqual(figures['traced-micros'], { median: 74, min: 70, max: 140 });
    assert.deepEqual(figures['traced-among-untraced-micros'], { median: 140, min: 100, max: 200 });
  });

  it('says of each goal whether it is met, and leaves out what was not measured', () => {
    const verdicts = judge(results).map(({ goal, isMet }) => [goal.key, isMet]);
    assert.deepEqual(verdicts, [
      ['watching-micros', true],
      ['watching-percent', false],
      ['traced-micros', false],
      ['traced-among-untraced-micros', false],
      ['v10-against-b', true],
      ['v10-against-n10', false],
      ['v100-against-n', true],
      ['p99-against-b', false],
      ['observe-ns', true],
      ['scrape-block-ms', false],
      ['memory-above-b-mb', true],
      ['memory-growth', true],
    ]);
  });

  it('treats a figure that is exactly at its limit as met', () => {
    const exact = { ...results, compared: compared({ V10: rounds([50]), B: rounds([40]) }) };
    const verdict = judge(exact).find(({ goal }) => goal.key === 'v10-against-b');
    assert.deepEqual([verdict?.figure.median, verdict?.isMet], [0.8, true]);
  });

  it('writes the headline, what it left out and why, and what waking a reader costs', () => {
    const text = renderResults(results);
    assert.match(
      text,
      /^Untraced, watching costs 11\.0 \(10\.0–20\.0\) µs of processor time a request: 50 \(44–50\) % of what the same service takes unwatched\. A traced request costs 74 \(70–140\) µs more\.$/m,
    );
    assert.match(text, /^Py was skipped: there is none\.$/m);
    assert.match(text, /20\.0 \(18\.0–22\.0\) µs when its reader slept .* waking it cost 14\.0 µs\.$/m);
    assert.match(text, /^\| V10 \| .* \| 20,000 \(12,500–25,000\) \| 1\.00 \(0\.60–1\.00\) \|/m);
  });

  it('has no headline without the unwatched service', () => {
    const { 'watching-percent': _, ...figures } = measureFigures(results);
    assert.equal(headline(figures), 'The run did not measure what watching costs.');
  });

  it('makes wide models that are valid, of several versions, and score like the narrow one', async () => {
    const credit = await loadArtifact('models/credit.json');
    const [wide, other] = [widen(credit, 30), widen(credit, 30, 1)];
    assert.notEqual(validateArtifact(wide, 'wide').version, other.version);
    assert.equal(wide.features.length, 30);
    const mean = (artifact: typeof wide) => {
      const score = scorerOf(artifact);
      const scores = makeBodies(artifact, 500).map((body) => score(JSON.parse(body)));
      return scores.reduce((sum, value) => sum + value, 0) / scores.length;
    };
    assert.ok(Math.abs(mean(wide) - mean(credit)) < 0.03);
  });
});

describe('the record of runs', () => {
  it('keeps of a run its figures, its variants and its profiles', () => {
    const recorded = toRecordedRun(results);
    assert.equal(recorded.rounds, 3);
    assert.deepEqual(recorded.wakeUp?.asleepMicros, { median: 20, min: 18, max: 22 });
    assert.deepEqual(recorded.cpuMicros.V0, { median: 36, min: 30, max: 60 });
    assert.deepEqual(recorded.figures['watching-micros'], { median: 11, min: 10, max: 20 });
    assert.equal('v10-against-py' in recorded.figures, false);
    assert.deepEqual(recorded.profiles, results.profiles);
  });

  it('adds a run to those there are, oldest first, and replaces none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-record-'));
    try {
      const file = pathToFileURL(join(folder, 'runs.json'));
      await writeFile(file, JSON.stringify([run({ date: '2026-12-02', commit: 'a' })]));
      await addToRecord(run({ date: '2026-12-01', commit: 'b' }), file);
      await addToRecord(run({ date: '2026-12-02', commit: 'c' }), file);
      assert.deepEqual(
        (await readRecord(file)).map(({ commit }) => commit),
        ['b', 'a', 'c'],
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says how many runs and days there are, and when there are too few', () => {
    const [first, second, third] = ['2026-12-01', '2026-12-02', '2026-12-03'].map((date) => run({ date }));
    const old = run({ date: '2026-11-24', earlier: 'before a change' });
    assert.equal(
      describeRuns([first, first]),
      'The record holds 2 runs on 1 day. The present version was recorded on 1 day. Fewer than three days are recorded, so how far its figures vary is not known.',
    );
    assert.match(describeRuns([first, second, second]), /^The record holds 3 runs on 2 days\. .*Fewer than/);
    assert.equal(describeRuns([first, second, third]), 'The record holds 3 runs on 3 days.');
    assert.match(
      describeRuns([old, first, second]),
      /^The record holds 3 runs on 3 days\. 1 of them, marked †, .* was recorded on 2 days\. Fewer than/,
    );
    assert.equal(
      describeRuns([old]),
      'The record holds 1 run on 1 day. All of them, marked †, measured an earlier version of the service. The present version has not been recorded yet. Fewer than three days are recorded, so how far its figures vary is not known.',
    );
  });

  it('gives what the runs gave, lowest first, each with the wake-up cost of its host', () => {
    const runs = [
      run({ figures: { 'v10-against-b': { median: 1.2 } }, earlier: 'before a change' }),
      run({ figures: { 'v10-against-b': { median: 0.95 } }, wakeUp: wakeUp(21.6, 6) }),
      run({ figures: { 'v10-against-b': { median: 0.714 } }, wakeUp: wakeUp(10, 6) }),
    ];
    assert.match(goalTable(runs), /\(V10 \/ B\) \| ≥ 0\.8 \| 0\.71 \[4\] · 0\.95 \[16\] · 1\.20† \[–\] \|/m);
    assert.match(goalTable(runs), /\(V0 − U\) \| ≤ 12 \| not measured yet \|/m);
    assert.match(runsTable(runs), /^† Measured before a change\.$/m);
  });

  it('counts only runs of the present service towards the goals', () => {
    const runs = [
      run({ figures: { 'v10-against-b': { median: 1.2 } }, earlier: 'before a change' }),
      run({ figures: { 'v10-against-b': { median: 0.95 } } }),
      run({ figures: { 'v10-against-b': { median: 0.7 } } }),
      run({}),
    ];
    assert.match(goalTable(runs), /\(V10 \/ B\) \| ≥ 0\.8 \| 0\.70 .* \| 1 of 2 runs \|$/m);
  });

  it('lists the variants that some run measured', () => {
    const table = cpuTable([run({ cpuMicros: { U: { median: 30 }, B: { median: 42.4 } } })]);
    assert.match(table, /^\| U \| .* \| 30 \[–\] \|$/m);
    assert.match(table, /^\| B \| .* \| 42 \[–\] \|$/m);
    assert.doesNotMatch(table, /^\| V0 /m);
  });

  it('shows where the time of a request goes, by the latest run of the present service', () => {
    const runs = [
      run({ date: '2026-12-01', profiles: { U: { score: 1 } }, cpuMicros: { U: { median: 99 } } }),
      run({
        date: '2026-12-02',
        profiles: { U: { score: 0.1, native: 0.9 }, V0: { score: 0.1, native: 0.4, ids: 0.5 } },
        cpuMicros: { U: { median: 30 }, V0: { median: 40 } },
      }),
      run({
        date: '2026-12-03',
        profiles: { U: { score: 1 } },
        cpuMicros: { U: { median: 7 } },
        earlier: 'before a change',
      }),
    ];
    const lines = profileTable(runs).split('\n');
    assert.match(lines[0], /^Run of 2026-12-02/);
    assert.deepEqual(lines.slice(4), [
      '| native | 27.0 | 16.0 |',
      '| ids | 0.0 | 20.0 |',
      '| score | 3.0 | 4.0 |',
      '| all | 30.0 | 40.0 |',
    ]);
    assert.equal(profileTable([]), 'No run of the present version has been recorded yet.');
  });

  it('attributes the time of a profile to the parts of a request', () => {
    const call = (id: number, functionName: string, url: string, children: number[] = []) => ({
      id,
      callFrame: { functionName, url },
      children,
    });
    const shares = attribute(
      {
        startTime: 1000,
        nodes: [
          call(1, '(root)', '', [2, 3, 4, 8]),
          call(2, '(idle)', ''),
          call(3, '(program)', ''),
          call(4, 'emit', 'node:events', [5, 7]),
          call(5, 'parseJson', 'file:///x/src/http/read-body.ts', [6]),
          call(6, 'parse', ''),
          call(7, 'writeUtf8String', ''),
          call(8, 'sign', 'file:///x/src/outcomes/token.ts', [9]),
          call(9, 'update', 'node:internal/crypto/hash', [10]),
          call(10, '(garbage collector)', ''),
        ],
        // at 1010, 1020, …; the first is before the window and the last behind it
        samples: [3, 2, 3, 4, 5, 6, 7, 8, 9, 10, 3],
        timeDeltas: Array(11).fill(10),
      },
      { fromMicros: 1015, toMicros: 1105 },
    );
    assert.deepEqual(shares, {
      'system calls and other native code': 0.25,
      'Node’s HTTP, streams and timers': 0.125,
      'reading, parsing and checking the body': 0.25,
      'the signed id': 0.25,
      'garbage collection': 0.125,
    });
  });

  it('has figures of goals and variants that there are', async () => {
    const keys = new Set(goals.map(({ key }) => key));
    for (const { figures } of await readRecord())
      for (const key of Object.keys(figures)) assert.ok(keys.has(key), key);
  });

  it('is what docs/performance.md shows (`npm run generate` writes it there)', async () => {
    for (const { path, text, current } of await readDocuments(await readRecord()))
      assert.equal(text, current, path);
  });
});

describe('the check of the bench in CI', () => {
  it('holds a row in a batch to a quarter of one that comes alone, in the best round', () => {
    assert.equal(checkBatches([10, 60], [100, 100]).isRegression, false);
    assert.equal(checkBatches([30, 60], [100, 100]).isRegression, true);
  });

  it('passes what reaches the goals, on a fast machine and on a slow one', () => {
    for (const factor of [1, 2]) {
      const of = (...cpuMicros: number[]) => rounds(cpuMicros.map((value) => value * factor));
      const checks = checkRegression({ U: of(30, 30), V0: of(40.5, 44), V100: of(120, 115) });
      assert.deepEqual(
        checks.map(({ measured, isRegression }) => [measured.toFixed(2), isRegression]),
        [
          ['0.35', false],
          ['2.37', false],
        ],
      );
    }
  });

  it('is not misled by rounds that the machine disturbed', () => {
    const checks = checkRegression({
      U: rounds([30, 31, 60]),
      V0: rounds([90, 41, 200]),
      V100: rounds([110, 300, 210]),
    });
    assert.deepEqual(
      checks.map(({ measured, isRegression }) => [measured.toFixed(2), isRegression]),
      [
        ['0.32', false],
        ['0.17', false],
      ],
    );
  });

  it('fails when watching or tracing costs much more in every round', () => {
    const [watching] = checkRegression({
      U: rounds([30, 32]),
      V0: rounds([80, 84]),
      V100: rounds([150, 150]),
    });
    assert.equal(watching.isRegression, true);
    const [, tracing] = checkRegression({
      U: rounds([30, 32]),
      V0: rounds([40, 42]),
      V100: rounds([290, 300]),
    });
    assert.equal(tracing.isRegression, true);
  });
});

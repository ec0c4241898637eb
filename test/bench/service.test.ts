import assert from 'node:assert/strict';
import { makeBodies } from '../../bench/bodies.ts';
import type { Round } from '../../bench/comparison.ts';
import { summarise } from '../../bench/figures.ts';
import { judge, ratio } from '../../bench/goals.ts';
import { type Results, renderResults } from '../../bench/results.ts';
import { bareKoa, vigia } from '../../bench/variants.ts';
import { widen } from '../../bench/wide-artifact.ts';
import { loadArtifact, validateArtifact } from '../../src/model/artifact.ts';
import { createScorer } from '../../src/model/score.ts';

const figure = (value: number) => summarise([value]);

/** Rounds in which all figures but the one asked for are the same. */
function rounds(requestsPerSecond: readonly number[], p99Ms = 10): Round[] {
  return requestsPerSecond.map((value) => ({
    requests: 3 * value,
    failed: 0,
    requestsPerSecond: value,
    p50Ms: 5,
    p99Ms,
    readyMs: 500,
    cpuMicros: 1e6 / value,
    busy: 1,
  }));
}

const results: Results = {
  command: 'npm run bench',
  machine: ['a machine'],
  connections: 50,
  seconds: 3,
  compared: [
    { variant: bareKoa, rounds: rounds([10_000, 5_000, 10_000]) },
    { variant: vigia('http://sink', 0.1), rounds: rounds([9_000, 4_500, 7_000], 30) },
  ],
  absent: [{ key: 'Py', label: 'Python', command: [], env: {}, absent: 'there is none' }],
  memory: {
    bare: { idleMegabytes: 80, megabytes: [150], sliceSeconds: 10 },
    vigia: { idleMegabytes: 150, megabytes: [240, 260, 250, 255, 250, 260], sliceSeconds: 10 },
  },
  features: [
    { features: 3, cpuMicros: figure(100) },
    { features: 30, cpuMicros: figure(150) },
    { features: 300, cpuMicros: figure(1600) },
  ],
  inProcess: [{ part: 'observe', features: 3, ns: figure(250) }],
  scrape: { features: 50, versions: 3, series: 9000, bytes: 1e6, blockMs: figure(16), cpuMs: figure(17) },
};

describe('the bench of the service', () => {
  it('sums up by the middle', () => {
    assert.deepEqual(summarise([5, 1, 9]), { median: 5, min: 1, max: 9 });
    assert.deepEqual(summarise([4, 1, 2, 8]), { median: 3, min: 1, max: 8 });
    assert.throws(() => summarise([]), RangeError);
  });

  it('compares round by round, so that a slow moment counts on both sides', () => {
    assert.deepEqual(ratio(results, 'V10', 'B', 'requestsPerSecond'), { median: 0.9, min: 0.7, max: 0.9 });
    assert.equal(ratio(results, 'V10', 'N', 'requestsPerSecond'), undefined);
  });

  it('says of each goal whether it is met, and leaves out what was not measured', () => {
    const verdicts = judge(results).map(({ goal, isMet }) => [goal.split(/ [≥≤]/)[0], isMet]);
    assert.deepEqual(verdicts, [
      ['requests/s, 10 % traced, against bare Koa (B)', true],
      ['the same, stretch', false],
      ['p99, 10 % traced, against B', false],
      ['observing three features and the score', true],
      ['a scrape with 50 features and 3 versions blocks the event loop', false],
      ['memory after 10 s of load', true],
      ['memory flat over 60 s of load', true],
      ['processor time a request grows at most linearly with the features', false],
    ]);
  });

  it('writes what it left out and why', () => {
    const text = renderResults(results);
    assert.match(text, /^Py was left out: there is none\.$/m);
    assert.match(text, /^\| V10 \| .* \| 7,000 \(4,500–9,000\) \| 0\.90 \(0\.70–0\.90\) \|/m);
  });

  it('makes wide models that are valid, of several versions, and score like the narrow one', async () => {
    const credit = await loadArtifact('models/credit.json');
    const [wide, other] = [widen(credit, 30), widen(credit, 30, 1)];
    assert.notEqual(validateArtifact(wide, 'wide').version, other.version);
    assert.equal(wide.features.length, 30);
    const mean = (artifact: typeof wide) => {
      const score = createScorer(artifact);
      const scores = makeBodies(artifact, 500).map((body) => score(JSON.parse(body)));
      return scores.reduce((sum, value) => sum + value, 0) / scores.length;
    };
    assert.ok(Math.abs(mean(wide) - mean(credit)) < 0.03);
  });
});

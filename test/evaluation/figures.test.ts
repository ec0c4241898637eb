import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { bootstrapFigures } from '../../src/evaluation/bootstrap-figures.ts';
import { evaluate } from '../../src/evaluation/evaluate.ts';
import type { LabelledData } from '../../src/evaluation/labelled-rows.ts';
import { measureRows } from '../../src/evaluation/measure.ts';
import { rocCurve } from '../../src/evaluation/roc-curve.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createPerformance } from '../../src/monitor/performance.ts';
import { measureCoverage } from '../../src/monitor/performance-coverage.ts';
import { performanceReferenceOf } from '../../src/monitor/performance-reference.ts';
import { binsOf, equalWidthEdges } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';
import { rocAuc } from '../../src/stats/roc-auc.ts';
import { bootstrapInterval } from '../stats/bootstrap.ts';

type Case = {
  readonly name: string;
  readonly threshold: number;
  readonly scores: number[];
  readonly outcomes: number[];
  readonly expected: Record<string, number> & { readonly confusion: Record<string, number> };
  readonly curve: [number, number][];
};

/** Made by make.py beside it, with scikit-learn. */
const fixture = new URL('fixtures/scikit-learn.json', import.meta.url);
const { cases } = JSON.parse(await readFile(fixture, 'utf8')) as { cases: Case[] };

/** The bands of the fixture's calibration error. */
const tenths = equalWidthEdges(0, 1, 10);

const predict = ({ scores, threshold }: Pick<Case, 'scores' | 'threshold'>) =>
  scores.map((score) => (score >= threshold ? 1 : 0));

describe('the figures of labelled rows', () => {
  for (const one of cases) {
    it(`are those of scikit-learn: ${one.name}`, () => {
      const { confusion, ...expected } = one.expected;
      const figures = measureRows({ ...one, predictions: predict(one) }, tenths);
      assert.deepEqual(figures.confusion, confusion);
      for (const [name, value] of Object.entries(expected)) {
        const found = (figures as unknown as Record<string, number>)[name];
        assert.ok(Math.abs(found - value) < 1e-9, `${name} is ${found}, not ${value}`);
      }
    });

    it(`lie on scikit-learn's ROC curve: ${one.name}`, () => {
      const points = rocCurve(one.scores, one.outcomes);
      const near = (x: number, y: number) =>
        one.curve.some((point) => Math.abs(point[0] - x) < 1e-12 && Math.abs(point[1] - y) < 1e-12);
      for (const { falsePositiveRate: x, truePositiveRate: y } of points) assert.ok(near(x, y), `${x}, ${y}`);
      let area = 0;
      for (const [i, point] of points.entries()) {
        if (i === 0) continue;
        const { falsePositiveRate, truePositiveRate } = points[i - 1];
        area +=
          ((point.falsePositiveRate - falsePositiveRate) * (point.truePositiveRate + truePositiveRate)) / 2;
      }
      assert.ok(Math.abs(area - one.expected.rocAuc) < 1e-12);
    });
  }

  it('are null if the rows leave them undefined', () => {
    const figures = measureRows({ scores: [0.1, 0.2], predictions: [0, 0], outcomes: [0, 0] }, tenths);
    assert.equal(figures.precision, null);
    assert.equal(figures.recall, null);
    assert.equal(figures.rocAuc, null);
    assert.equal(figures.accuracy, 1);
    assert.deepEqual(rocCurve([0.1, 0.2], [0, 0]), []);
  });
});

describe('bootstrap intervals', () => {
  const [smooth] = cases;
  const rows = { ...smooth, predictions: predict(smooth) };

  it('are those that drawing rows produces', () => {
    const intervals = bootstrapFigures(rows, tenths);
    const options = { resamples: 1000, confidence: 0.95, random: createRandom(5) };
    const areas = bootstrapInterval(
      rows.scores.length,
      (drawn) =>
        rocAuc(
          Float64Array.from(drawn, (i) => rows.scores[i]),
          Float64Array.from(drawn, (i) => rows.outcomes[i]),
        ),
      options,
    );
    assert.ok(areas && intervals.rocAuc);
    assert.ok(Math.abs(areas.low - intervals.rocAuc.low) < 0.01);
    assert.ok(Math.abs(areas.high - intervals.rocAuc.high) < 0.01);
    const { accuracy } = smooth.expected;
    const half = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / rows.scores.length);
    assert.ok(Math.abs((intervals.accuracy?.low ?? 0) - (accuracy - half)) < 0.01);
    assert.ok(Math.abs((intervals.accuracy?.high ?? 0) - (accuracy + half)) < 0.01);
  });

  it('contain the figure itself, and are the same each time', () => {
    const [once, again] = [bootstrapFigures(rows, tenths), bootstrapFigures(rows, tenths)];
    assert.deepEqual(once, again);
    const figures = measureRows(rows, tenths);
    for (const name of ['accuracy', 'precision', 'recall', 'f1', 'rocAuc', 'brier', 'logLoss'] as const) {
      const value = figures[name] ?? Number.NaN;
      assert.ok((once[name]?.low ?? 1) < value && value < (once[name]?.high ?? 0), name);
    }
  });

  it('are null where no resample defines the figure', () => {
    const intervals = bootstrapFigures({ scores: [0.1, 0.2], predictions: [0, 0], outcomes: [0, 0] }, tenths);
    assert.equal(intervals.rocAuc, null);
    assert.deepEqual(intervals.accuracy, { low: 1, high: 1 });
  });
});

describe('an evaluation', () => {
  it('says what it cannot determine if the declined have no outcome', async () => {
    const artifact = await loadArtifact('models/credit.json');
    const { threshold } = artifact.output;
    const random = createRandom(3);
    const counted = createPerformance(performanceReferenceOf(artifact));
    const rows = { scores: [] as number[], predictions: [] as number[], outcomes: [] as number[] };
    for (let i = 0; i < 4000; i++) {
      const score = random();
      const outcome = random() < score ? 1 : 0;
      counted.addPrediction(score);
      if (score >= threshold.value && random() > 0.02) continue;
      counted.addOutcome(score, outcome);
      rows.scores.push(score);
      rows.predictions.push(score >= threshold.value ? 1 : 0);
      rows.outcomes.push(outcome);
    }
    const bins = binsOf({ kind: 'categorical', categories: ['good', 'none'], grouped: [] });
    const data: LabelledData = {
      ...rows,
      slices: new Map([['history', rows.scores.map((_, i) => bins[i % 2])]]),
      source: 'test',
      coverage: measureCoverage(counted.cells, counted.sums),
      delay: null,
      followed: [],
      leftOut: [],
      notes: [],
    };
    const evaluation = evaluate(artifact, data);
    assert.deepEqual(evaluation.notIdentified, ['accuracy', 'recall', 'f1', 'rocAuc']);
    for (const name of evaluation.notIdentified) {
      assert.equal(evaluation[name], null);
      assert.equal(evaluation.intervals[name], null);
      assert.ok(evaluation.slices.every((slice) => slice[name] === null));
      assert.ok((evaluation.labelledOnly[name] ?? 0) > 0);
    }
    assert.ok(evaluation.brier !== null && evaluation.precision !== null);
    assert.equal(evaluate(artifact, { ...data, coverage: null }).notIdentified.length, 0);
  });
});

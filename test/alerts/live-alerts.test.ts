import assert from 'node:assert/strict';
import { defaultAlertSettings } from '../../src/alerts/alert-settings.ts';
import { createLiveAlerts } from '../../src/alerts/live-alerts.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import type { Reference } from '../../src/model/reference.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createPerformance, type Performance } from '../../src/monitor/performance.ts';
import { performanceReferenceOf } from '../../src/monitor/performance-reference.ts';
import { backtest } from '../../src/report/compute/backtest.ts';
import { onlyCounted } from '../../src/report/compute/drift-reference.ts';
import { createTimeline } from '../../src/report/compute/timeline.ts';
import { numericBinIndex } from '../../src/stats/binning.ts';
import { dailyBetRule } from '../../src/stats/daily-bets.ts';
import { createRandom } from '../../src/stats/random.ts';
import { learntOf } from '../support/model-parts.ts';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const lookMs = 30 * secondMs;
const startMs = Date.parse('2026-01-05T00:00:00Z');
const bins = { kind: 'numeric' as const, edges: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
const counts = [...Array<number>(10).fill(1000), 100];
const names = ['x0', 'x1', 'x2', 'x3'];
const reference: Reference = {
  model: 'm',
  version: '1',
  features: names.map((name) => ({ name, bins, counts })),
  score: { name: '(score)', bins, counts },
};
const describeSegment = () => '';
/** None that is looked at: the model was made without outcomes. */
const noPerformance = {} as Performance;

type Fired = { readonly name: string; readonly about: string | null; readonly atMs: number };

/** The alerts that fire in a replica over minutes of traffic, and those that the report replays over the same rows. */
function compare(
  minutes: number,
  valueAt: (minute: number, feature: number, random: () => number) => number | null,
) {
  let nowMs = startMs;
  const monitor = createMonitor(reference, () => nowMs);
  const alerts = createLiveAlerts({
    monitor,
    performance: noPerformance,
    learnt: undefined,
    sinceMs: startMs,
    describeSegment,
  });
  const cells = bins.edges.length + 2;
  const timeline = createTimeline(cells * (names.length + 1), [lookMs], 100_000);
  const random = createRandom(11);
  const fired: Fired[] = [];
  const cellOf = (value: number | null) =>
    value === null ? bins.edges.length + 1 : numericBinIndex(bins.edges, value);
  for (let i = 0; i < (minutes * minuteMs) / secondMs; i++) {
    nowMs = startMs + i * secondMs;
    const values = names.map((_, feature) => valueAt((i * secondMs) / minuteMs, feature, random));
    const score = 10 * random() || 1;
    monitor.observe(Object.fromEntries(names.map((name, f) => [name, values[f]])), score);
    timeline.add(
      nowMs,
      [...values, score].map((value, v) => v * cells + cellOf(value)),
    );
    if ((i + 1) % (lookMs / secondMs) !== 0) continue;
    for (const { name, about, state } of alerts.look(nowMs)) {
      const isKnown = fired.some((one) => one.name === name && one.about === about);
      if (state === 'firing' && !isKnown) fired.push({ name, about, atMs: nowMs });
    }
  }
  const variable = (name: string) => ({ ...onlyCounted, name, bins, counts });
  const replayed = backtest(timeline, names.map(variable), variable('(score)'), defaultAlertSettings).map(
    ({ alert, feature, from }) => ({ name: alert, about: feature, atMs: Date.parse(from) }),
  );
  return { fired, replayed };
}

const uniform = (_minute: number, _feature: number, random: () => number) => 10 * random();

describe('the alerts of a replica', () => {
  it('are silent over traffic without drift', () => {
    assert.deepEqual(compare(60, uniform), { fired: [], replayed: [] });
  });

  it('fire for what the replay of the same rows fires for, and when it does', () => {
    const { fired, replayed } = compare(120, (minute, feature, random) => {
      if (minute < 45) return 10 * random();
      if (feature === 0) return 9.5;
      if (feature === 1) return 5 + 5 * random();
      return feature === 2 && random() < 0.2 ? null : 10 * random();
    });
    const key = ({ name, about }: Pick<Fired, 'name' | 'about'>) => `${name} ${about ?? ''}`;
    assert.deepEqual(fired.map(key).sort(), replayed.map(key).sort());
    const kinds = new Set(fired.map(({ name }) => name));
    for (const name of [
      'ModelFeatureDrift',
      'ModelFeatureDriftEarly',
      'ModelFeatureDriftFast',
      'ModelFeatureMissing',
      'ModelDriftBroad',
    ]) {
      assert.ok(kinds.has(name), name);
    }
    for (const one of fired) {
      const same = replayed.find((other) => key(other) === key(one)) ?? assert.fail(key(one));
      // the rules look at their long windows every five minutes, the windows of a replica slide by two or thirty
      assert.ok(Math.abs(one.atMs - same.atMs) <= 6 * minuteMs, `${key(one)}: ${one.atMs - same.atMs} ms`);
    }
  });

  it('are pending until their waiting time is over, and stay for a while once they have fired', () => {
    let nowMs = startMs;
    const monitor = createMonitor(reference, () => nowMs);
    const model = {
      monitor,
      performance: noPerformance,
      learnt: undefined,
      sinceMs: startMs,
      describeSegment,
    };
    const alerts = createLiveAlerts(model);
    const stateOf = (name: string) => alerts.look(nowMs).find((alert) => alert.name === name)?.state;
    for (let i = 0; i < 600; i++) monitor.observe({ x0: 9.5, x1: i % 10, x2: i % 10, x3: i % 10 }, i % 10);
    assert.equal(stateOf('ModelFeatureDriftFast'), 'pending');
    nowMs += 2 * minuteMs;
    assert.equal(stateOf('ModelFeatureDriftFast'), 'firing');
    assert.equal(stateOf('ModelFeatureDrift'), 'pending');
    nowMs += 13 * minuteMs;
    // nothing has come for the last ten minutes
    assert.equal(stateOf('ModelFeatureDriftFast'), 'firing');
    assert.equal(stateOf('ModelFeatureDrift'), 'firing');
    nowMs += 11 * minuteMs;
    assert.equal(stateOf('ModelFeatureDriftFast'), undefined);
  });

  it('tell of slow drift unless drift of the same feature is about to fire, or has fired within a week', () => {
    let nowMs = startMs;
    const monitor = createMonitor(reference, () => nowMs);
    const slow = {
      name: 'x0',
      direction: 'rises',
      forDays: 9,
      evidence: 2 * dailyBetRule.threshold,
    } as const;
    const alerts = createLiveAlerts({
      monitor: { ...monitor, slowDrift: () => ({ days: 9, variables: [slow] }) },
      performance: noPerformance,
      learnt: undefined,
      // a week ago and longer, so that only the last day is looked at
      sinceMs: startMs - 8 * 24 * 60 * minuteMs,
      describeSegment,
    });
    const look = () => {
      const found = alerts.look(nowMs).filter(({ about }) => about === 'x0');
      return ['ModelFeatureDrift', 'ModelDriftSlow'].map(
        (name) => found.find((one) => one.name === name)?.state,
      );
    };
    /** The rows of a new day. */
    const observe = (valueAt: (i: number) => number) => {
      nowMs += 25 * 60 * minuteMs;
      for (let i = 0; i < 600; i++) {
        monitor.observe({ x0: valueAt(i), x1: i % 10, x2: i % 10, x3: i % 10 }, i % 10);
      }
    };
    const asBefore = (i: number) => (i % 10) + 0.5;
    observe(() => 9.5);
    assert.deepEqual(look(), ['pending', undefined]);
    observe(asBefore);
    assert.deepEqual(look(), [undefined, 'firing'], 'what never fired has told nobody');
    observe(() => 9.5);
    look();
    nowMs += 15 * minuteMs;
    assert.deepEqual(look(), ['firing', 'firing'], 'slow drift is kept firing for an hour');
    observe(asBefore);
    assert.deepEqual(look(), ['firing', undefined]);
    nowMs += 60 * minuteMs;
    assert.deepEqual(look(), [undefined, undefined], 'it fired within the week');
  });

  it('tell of drift within a segment unless an alert on all rows is active on the same feature', () => {
    let nowMs = startMs;
    const colour = { kind: 'categorical' as const, categories: ['red', 'blue'], grouped: [] };
    const [few, many] = [0.1, 0.9].map((share) => counts.map((count) => share * count));
    const monitor = createMonitor(
      {
        ...reference,
        features: [
          { name: 'x0', bins, counts },
          { name: 'colour', bins: colour, counts: [1010, 9090, 0, 0] },
        ],
        segments: [
          {
            feature: 'colour',
            variables: ['x0', '(score)'].map((name) => ({ name, counts: [few, many] })),
          },
        ],
      },
      () => nowMs,
    );
    const alerts = createLiveAlerts({
      monitor,
      performance: noPerformance,
      learnt: undefined,
      sinceMs: startMs - 8 * 24 * 60 * minuteMs,
      describeSegment: ({ segment }) => ('category' in segment ? segment.category : ''),
    });
    const look = () =>
      alerts
        .look(nowMs)
        .filter(({ name }) => name === 'ModelFeatureDrift' || name === 'ModelSegmentDrift')
        .map(({ name, about, state }) => `${name} ${about} ${state}`);
    const observe = (valueAt: (isRed: boolean, i: number) => number) => {
      nowMs += 25 * 60 * minuteMs;
      for (let i = 0; i < 6000; i++) {
        const isRed = i % 10 === 0;
        const tenth = Math.floor(i / 10) % 10;
        monitor.observe({ x0: valueAt(isRed, tenth), colour: isRed ? 'red' : 'blue' }, tenth + 0.5);
      }
    };
    observe(() => 9.5);
    look();
    nowMs += 15 * minuteMs;
    assert.deepEqual(look(), ['ModelFeatureDrift x0 firing']);
    observe((isRed, tenth) => (isRed ? 5 + tenth / 2 : tenth) + 0.25);
    assert.deepEqual(look(), ['ModelFeatureDrift x0 firing'], 'it is kept firing for an hour');
    nowMs += 60 * minuteMs;
    look();
    assert.deepEqual(look(), ['ModelSegmentDrift red pending']);
  });

  it('tell of outcomes that are not as expected, and of performance below that on held-out rows', async () => {
    const random = createRandom(5);
    const found = await ofPerformance((performance) => {
      for (let i = 0; i < 2000; i++) {
        const score = random();
        performance.addPrediction(score);
        performance.addOutcome(score, random() < 0.9 ? 1 : 0);
      }
    });
    assert.deepEqual(found, [
      'ModelCalibrationBroken',
      'ModelOutcomesUnexpected',
      'ModelPerformanceBelowCrossValidated',
      'ModelScoreMeanShifted',
    ]);
  });

  it('tell of scores that are all alike, before there is any outcome', async () => {
    const found = await ofPerformance((performance) => {
      for (let i = 0; i < 5000; i++) performance.addPrediction(0.3);
    });
    assert.deepEqual(found, ['ModelPerformanceEstimatedFalling']);
  });

  /** The names of the alerts on the performance of the credit model that fire once they have lasted for half an hour. */
  async function ofPerformance(send: (performance: Performance) => void): Promise<string[]> {
    const artifact = await loadArtifact('models/credit.json');
    const performance = createPerformance(performanceReferenceOf(artifact), 0, () => 0);
    const alerts = createLiveAlerts({
      monitor: createMonitor(reference, () => 0),
      performance,
      learnt: learntOf(artifact),
      sinceMs: startMs,
      describeSegment,
    });
    send(performance);
    assert.ok(alerts.look(startMs).every(({ state }) => state === 'pending'));
    return alerts
      .look(startMs + 30 * minuteMs)
      .map(({ name, state }) => (state === 'firing' ? name : `${name} is ${state}`))
      .sort();
  }
});

import assert from 'node:assert/strict';
import { createPerformance } from '../../src/monitor/performance.ts';
import { scoreBandOf } from '../../src/monitor/score-bands.ts';
import { type BandOutcomes, createSlowOutcomes, slowOutcomesRule } from '../../src/monitor/slow-outcomes.ts';
import { equalWidthEdges } from '../../src/stats/binning.ts';
import { createRandom } from '../../src/stats/random.ts';
import { closeTo } from '../stats/close-to.ts';

const dayMs = 86_400_000;
const bins = 20;
/** What is known of the calibration differs between bands, so that the tolerance depends on the week's scores. */
const referenceRows = Array.from({ length: bins }, (_, bin) => 50 + 20 * bin);
const rowsByBand = Float64Array.from({ length: 10 }, (_, band) => 120 + 80 * band);
const reference = {
  model: 'm',
  version: '1',
  classes: ['no', 'yes'],
  threshold: 0.5,
  scoreEdges: equalWidthEdges(0, 1, bins),
  // a score is its own probability
  calibration: { scores: [0, 1], probabilities: [0, 1] },
} as const;

type Outcome = readonly [score: number, isPositive: boolean];

/** Outcomes by band, added up one by one. */
function bandsOf(outcomes: readonly Outcome[]): BandOutcomes[] {
  return Array.from(rowsByBand, (_, band) => {
    const own = outcomes.filter(([score]) => scoreBandOf(Math.floor(score * bins), bins) === band);
    const sum = (of: (outcome: Outcome) => number) => own.reduce((all, outcome) => all + of(outcome), 0);
    return {
      outcomes: own.length,
      observed: sum(([, isPositive]) => Number(isPositive)),
      expected: sum(([score]) => score),
      variance: sum(([score]) => score * (1 - score)),
    };
  });
}

/** Counts whose clock the test holds, and the bets over the same days. */
function start() {
  let nowMs = 5_000;
  const counted = createPerformance({ ...reference, referenceRows }, 0, () => nowMs);
  const expected = createSlowOutcomes(rowsByBand);
  const random = createRandom(5);
  const days: Outcome[][] = [[]];
  const read = () => counted.slowOutcomes() ?? assert.fail('the reference has rows');
  return {
    counted,
    expected,
    days,
    read,
    pass(ms: number) {
      nowMs += ms;
    },
    /** Counts outcomes of the current day, whose odds are a multiple of those expected. */
    observe(outcomes: number, odds: number, from = 0.05) {
      for (let i = 0; i < outcomes; i++) {
        const score = from + 0.6 * random();
        const isPositive = random() < (score * odds) / (1 - score + score * odds);
        counted.addPrediction(score);
        counted.addOutcome(score, Number(isPositive));
        days[days.length - 1].push([score, isPositive]);
      }
    },
    /** Settles the bets of the current day, and begins the next one. */
    settle() {
      const day = days.length - 1;
      expected.addDay(bandsOf(days[day]), bandsOf(days.slice(-7).flat()), day);
      days.push([]);
    },
    agree() {
      const { evidence, ...others } = read();
      closeTo(evidence, expected.evidence(), 1e-9 * Math.max(1, expected.evidence()));
      const found = expected.found();
      const passed = days.length - 1;
      assert.deepEqual(others, {
        days: passed,
        direction: found === null ? null : found.direction,
        forDays: found === null ? null : passed - found.since,
      });
    },
  };
}

describe('slowly unexpected outcomes in the service', () => {
  it('are settled at the end of each day, by its outcomes and those of its week', () => {
    const { expected, pass, observe, settle, agree, days } = start();
    const live = (until: number, odds: number) => {
      while (days.length <= until) {
        const day = days.length;
        observe(5 + ((7 * day) % 11), odds, day % 3 === 0 ? 0.35 : 0.05);
        agree();
        pass(dayMs);
        settle();
        agree();
      }
    };
    live(20, 1);
    assert.equal(expected.found(), null);
    live(50, 6);
    assert.equal(expected.found()?.direction, 'rises');
    assert.ok(expected.evidence() >= slowOutcomesRule.threshold);
  });

  it('count days that nothing came on, which move the week on', () => {
    const { expected, pass, observe, settle, agree } = start();
    for (const emptyDays of [1, 3, 5, 6, 7, 8, 20]) {
      observe(12, 6);
      pass((1 + emptyDays) * dayMs);
      for (let day = 0; day <= emptyDays; day++) settle();
      // not looked at before the next outcome comes
      observe(3, 6, 0.3);
      agree();
      for (let day = 0; day < 3; day++) {
        observe(12, 6, 0.05 + 0.1 * day);
        pass(dayMs);
        settle();
      }
      agree();
    }
    assert.equal(expected.found()?.since, 0, 'a day that was settled some days after its end');
  });

  it('count what comes just before the end of a day to that day, and what comes at it to the next', () => {
    const { pass, observe, settle, agree, read, expected } = start();
    pass(dayMs - 1);
    observe(30, 6);
    pass(1);
    settle();
    observe(30, 6);
    assert.equal(read().days, 1);
    agree();
    assert.notEqual(expected.evidence(), 0);
    pass(dayMs);
    settle();
    agree();
  });

  it('are bet on only where it is known how many rows are behind the calibration', () => {
    assert.equal(createPerformance(reference).slowOutcomes(), null);
  });
});

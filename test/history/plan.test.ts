import assert from 'node:assert/strict';
import { createPlan, type Plan, type Step, shortSeeds } from './plan.ts';

const signalsOf = (plans: readonly Plan[]) =>
  Map.groupBy(
    plans.flatMap(({ steps }) => steps.filter((step) => step.kind === 'end')),
    ({ signal }) => signal,
  );

/** What a step does, without which process or prediction it does it to. */
function nameOf(step: Step): string {
  if (step.kind === 'disk' || step.kind === 'store') return `${step.kind} ${step.state}`;
  if (step.kind === 'clock') return `clock ${step.offset === '+0' ? 'right' : step.offset[0]}`;
  if (step.kind === 'forget') return step.of.length > 1 ? 'forget several' : 'forget';
  return step.kind === 'end' ? step.signal : step.kind;
}

describe('the plan of a history', () => {
  it('is the same for the same seed, and another for another', () => {
    assert.deepEqual(createPlan(7), createPlan(7));
    assert.notDeepEqual(createPlan(7).steps, createPlan(8).steps);
  });

  it('has 100 kills and 100 stops for any 40 seeds in a row', () => {
    const signals = signalsOf(Array.from({ length: 40 }, (_, i) => createPlan(1_000_003 + i)));
    assert.equal(signals.get('SIGKILL')?.length, 100);
    assert.equal(signals.get('SIGTERM')?.length, 100);
  });

  it('has every kind of fault in the seeds of the short form, and five ends of either kind', () => {
    const plans = shortSeeds.map(createPlan);
    const names = new Set(plans.flatMap(({ steps }) => steps.map(nameOf)));
    assert.deepEqual(
      [...names].sort(),
      [
        ...['SIGKILL', 'SIGTERM', 'calm', 'clock +', 'clock -', 'clock right', 'disk free', 'disk full'],
        ...['forget', 'forget several', 'predict', 'report', 'scrape'],
        ...['store back', 'store gone', 'store hangs', 'written'],
      ].sort(),
    );
    const signals = signalsOf(plans);
    assert.deepEqual([signals.get('SIGKILL')?.length, signals.get('SIGTERM')?.length], [5, 5]);
    assert.deepEqual(new Set(plans.map(({ shape }) => shape.hasStore)), new Set([true, false]));
    assert.ok(plans.some(({ shape }) => shape.slots.length === 2 && !shape.hasStore));
    assert.ok(plans.some(({ shape }) => shape.maturityMs > 0));
  });

  it('never reports a prediction before it was asked for, nor to a process that cannot know a repetition', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { shape, steps } = createPlan(seed);
      let asked = 0;
      const takers = new Map<number, string>();
      for (const step of steps) {
        if (step.kind === 'predict') asked = step.first + step.count;
        if (step.kind !== 'report') continue;
        for (const place of step.of) {
          assert.ok(place < asked);
          if (shape.hasStore) continue;
          assert.equal(takers.get(place) ?? step.slot, step.slot);
          takers.set(place, step.slot);
        }
      }
    }
  });
});

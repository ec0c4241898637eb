import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/service.ts';
import { checkCounts } from './check-counts.ts';
import type { History, Predict } from './history.ts';
import { readLines } from './kept-lines.ts';
import { saysKept } from './lives.ts';
import type { Plan, Slot, Step } from './plan.ts';
import { createRecorder } from './recorder.ts';
import { classes, sendPrediction, sendReport } from './requests.ts';
import { type Machine, openSystem } from './system.ts';

/** Requests under way at any time. */
const maxUnderWay = 32;
/** Time between scrapes while it settles. */
const scrapeIntervalMs = 200;
/** Outcomes sent together once all is over. */
const batchSize = 200;

/** Carries out a plan on a new system, lets it settle, and returns the history. */
export async function runPlan({ shape, steps }: Plan, machine: Machine): Promise<History> {
  const recorder = createRecorder();
  const system = await openSystem(shape, machine, recorder);
  /** The predictions by their place in the plan. */
  const predictions = new Map<number, Promise<Predict>>();
  /** The reports' outcomes by the slots that can tell a repetition. */
  const sent = new Map<Slot, Set<string>>();
  const kept = new Set<string>();
  const underWay = new Set<Promise<unknown>>();

  const at = (slot: Slot) => {
    const found = system.slots.get(slot);
    assert.ok(found, `no slot ${slot}`);
    return found;
  };
  const calm = () => Promise.all(underWay);

  /** Begins work as soon as there is room; the work itself is not waited for. */
  async function begin(work: () => Promise<unknown>): Promise<void> {
    while (underWay.size >= maxUnderWay) await Promise.race(underWay);
    const working: Promise<unknown> = work().finally(() => underWay.delete(working));
    underWay.add(working);
  }

  async function predict(step: number, { slot, first, count }: Step & { kind: 'predict' }): Promise<void> {
    for (let n = first; n < first + count; n++) {
      const { promise, resolve, reject } = Promise.withResolvers<Predict>();
      predictions.set(n, promise);
      promise.catch(() => {});
      await begin(async () => {
        try {
          resolve(await sendPrediction(await at(slot).current(), recorder, { step, n }));
        } catch (error) {
          reject(error);
          throw error;
        }
      });
    }
  }

  async function idsOf(places: readonly number[]): Promise<string[]> {
    const found = await Promise.all(places.map((place) => predictions.get(place)));
    return found.flatMap((prediction) => prediction?.answer?.id ?? []);
  }

  async function report(
    step: number,
    slot: Slot,
    outcomes: readonly { id: string; outcome: string }[],
  ): Promise<void> {
    if (outcomes.length === 0) return;
    const process = await at(slot).current();
    const operation = await sendReport(process, recorder, { step, outcomes });
    for (const { id } of outcomes) if (saysKept(operation, id)) kept.add(id);
  }

  async function reportStep(step: number, planned: Step & { kind: 'report' }): Promise<void> {
    const { slot, isContradiction, forged } = planned;
    const ids = await idsOf(planned.of);
    const home = shape.hasStore ? shape.slots[0] : slot;
    const known = sent.get(home) ?? new Set();
    sent.set(home, known);
    for (const id of ids) known.add(id);
    const outcomes = ids.map((id) => {
      const outcome = outcomeOf(id);
      // the first one stays; before it is known to be kept, it would be either
      return { id, outcome: isContradiction && kept.has(id) ? other(outcome) : outcome };
    });
    const damaged = outcomes.slice(0, forged).map(({ id, outcome }) => ({ id: damage(id), outcome }));
    await report(step, slot, [...outcomes, ...damaged]);
  }

  /** Only what is in the files can be deleted: of the last half second some is not. */
  async function forget(step: number, places: readonly number[]): Promise<void> {
    const [ids, files] = await Promise.all([idsOf(places), system.readFiles()]);
    const there = readLines(files.samples).byId;
    const found = ids.filter((id) => kept.has(id) && there.has(id));
    await Promise.all(found.map((id) => system.forget(step, id)));
  }

  async function waitUntilWritten(step: number, slot: Slot): Promise<void> {
    const process = await at(slot).current();
    const answered = recorder.operations.filter(
      (operation) =>
        operation.kind === 'predict' &&
        operation.process === process.name &&
        operation.answer?.status === 200,
    ).length;
    await eventually(async () => {
      const { answer, error } = await process.scrape(step);
      // it was ended in the meantime
      if (error !== undefined) return;
      assert.ok(Number(answer?.exposition?.counters.get('samples_written_total')) >= answered);
    }).catch(() => {});
  }

  async function breakOrMend(
    step: number,
    what: 'clock' | 'disk' | 'store',
    state: string,
    work: () => Promise<unknown> | undefined,
  ): Promise<void> {
    const fault = recorder.begin<'fault'>({ kind: 'fault', step, what, state });
    await work();
    recorder.end(fault);
  }

  async function perform(step: number, planned: Step): Promise<void> {
    switch (planned.kind) {
      case 'predict':
        return predict(step, planned);
      case 'report':
        return begin(() => reportStep(step, planned));
      case 'scrape':
        return begin(async () => (await at(planned.slot).current()).scrape(step));
      case 'written':
        return waitUntilWritten(step, planned.slot);
      case 'forget':
        return begin(() => forget(step, planned.of));
      case 'clock':
        return breakOrMend(step, 'clock', `${planned.slot} ${planned.offset}`, () =>
          system.clocks.get(planned.slot)?.move(planned.offset),
        );
      case 'disk':
        return breakOrMend(step, 'disk', planned.state, () =>
          planned.state === 'full' ? system.disk.fill() : system.disk.free(),
        );
      case 'store':
        return breakOrMend(step, 'store', planned.state, () => system.store?.set(planned.state));
      case 'calm':
        await calm();
        return;
      case 'end':
        return begin(() => at(planned.slot).replace(step, planned.signal));
    }
  }

  /** Ends every fault, sends all outcomes once more, and scrapes until they are counted. */
  async function settle(step: number): Promise<void> {
    for (const slot of shape.slots) await perform(step, { kind: 'clock', slot, offset: '+0' });
    await perform(step, { kind: 'disk', state: 'free' });
    if (shape.hasStore) await perform(step, { kind: 'store', state: 'back' });
    await calm();
    for (const [slot, ids] of sent) {
      // apart from each other, so that a receipt tells whether one that was kept is accepted again
      const { true: known = [], false: open = [] } = Object.groupBy(ids, (id) => `${kept.has(id)}`);
      await sendAgain(step, slot, known);
      await sendAgain(step, slot, open);
    }
    await eventually(async () => {
      await scrapeAll(step);
      const { outcomes } = await system.readFiles();
      assert.ok(checkCounts(history(new Map(), outcomes)).length === 0);
      // the checker reports whatever is still missing then
    }).catch(() => {});
  }

  async function sendAgain(step: number, slot: Slot, ids: readonly string[]): Promise<void> {
    for (let i = 0; i < ids.length; i += batchSize) {
      const batch = ids.slice(i, i + batchSize);
      await eventually(async () => {
        await report(
          step,
          slot,
          batch.map((id) => ({ id, outcome: outcomeOf(id) })),
        );
        assert.ok(batch.every((id) => kept.has(id)));
      }, 30_000).catch(() => {});
    }
  }

  async function scrapeAll(step: number): Promise<void> {
    await delay(scrapeIntervalMs);
    for (const slot of shape.slots) await (await at(slot).current()).scrape(step);
  }

  const history = (samples: History['samples'], outcomes: History['outcomes']): History => ({
    operations: recorder.operations,
    samples,
    outcomes,
    hasStore: shape.hasStore,
  });

  try {
    for (const slot of shape.slots) await at(slot).start(0);
    // the very first processes count from the start, as there is nothing that Prometheus could have seen before
    await scrapeAll(0);
    for (const [i, step] of steps.entries()) await perform(i + 1, step);
    await settle(steps.length + 1);
    // and once more in new processes: nothing may count again
    for (const slot of shape.slots) await at(slot).replace(steps.length + 2, 'SIGTERM');
    await settle(steps.length + 2);
    await scrapeAll(steps.length + 2);
    for (const slot of shape.slots) await at(slot).stop(steps.length + 3);
    const { samples, outcomes } = await system.readFiles();
    return history(samples, outcomes);
  } finally {
    await Promise.allSettled(underWay);
    await system.close();
  }
}

/** The class reported for a prediction: one of the two, always the same. */
function outcomeOf(id: string): string {
  return classes[id.charCodeAt(id.length - 1) % 2];
}

function other(outcome: string): string {
  return classes[1 - classes.indexOf(outcome)];
}

/** An id with another signature. */
function damage(id: string): string {
  return `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}`;
}

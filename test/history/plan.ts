import { createRandom, type Random } from '../../src/stats/random.ts';

/** Predictions are named by their index in the plan, as their ids are not known in advance. */
export type Step =
  | { readonly kind: 'predict'; readonly slot: Slot; readonly first: number; readonly count: number }
  | {
      readonly kind: 'report';
      readonly slot: Slot;
      readonly of: readonly number[];
      /** Whether the outcome is the other class for those that are known to be kept. */
      readonly isContradiction: boolean;
      /** Ids among them that nobody has signed. */
      readonly forged: number;
    }
  | { readonly kind: 'scrape'; readonly slot: Slot }
  /** Waits until a scrape says that the samples of all answered predictions are written. */
  | { readonly kind: 'written'; readonly slot: Slot }
  /** One command for each prediction, all at the same time. */
  | { readonly kind: 'forget'; readonly of: readonly number[] }
  | { readonly kind: 'clock'; readonly slot: Slot; readonly offset: string }
  | { readonly kind: 'disk'; readonly state: 'full' | 'free' }
  | { readonly kind: 'store'; readonly state: 'gone' | 'hangs' | 'back' }
  /** Waits for everything in progress. */
  | { readonly kind: 'calm' }
  /** Ends the process while requests are under way, and starts the next one. */
  | { readonly kind: 'end'; readonly slot: Slot; readonly signal: 'SIGKILL' | 'SIGTERM' };

export type Slot = 'a' | 'b';

/** What a whole run has in common. */
export type Shape = {
  /** Two processes write to the same paths. */
  readonly slots: readonly Slot[];
  /** Whether they share a store. */
  readonly hasStore: boolean;
  readonly maturityMs: number;
  readonly maxBytes: number;
};

export type Plan = { readonly seed: number; readonly shape: Shape; readonly steps: readonly Step[] };

/** How often a process is ended in a plan. */
export const endsEach = 5;
/** Two plans that have every kind of step between them. */
export const shortSeeds: readonly number[] = [16142, 16143];
const clocks = ['+420d', '+2h', '-1h', '-2d'] as const;

/**
 * Draws what to do to a system, the same for the same seed.
 *
 * @param seed of two seeds in a row one has three SIGKILLs and two SIGTERMs, the other has it the other way round
 */
export function createPlan(seed: number): Plan {
  const random = createRandom(seed);
  const pick = <One>(all: readonly One[]) => all[Math.floor(all.length * random())];
  const slots: readonly Slot[] = random() < 0.5 ? ['a'] : ['a', 'b'];
  const shape: Shape = {
    slots,
    hasStore: random() < 0.5,
    maturityMs: random() < 0.3 ? 300 : 0,
    maxBytes: pick([1500, 4000, 20_000, 1_000_000]),
  };
  const signals = Array.from({ length: endsEach }, (_, i) => ((i + seed) % 2 === 0 ? 'SIGKILL' : 'SIGTERM'));
  shuffle(signals, random);
  const draw = createSteps(shape, random, pick);
  const steps = signals.flatMap((signal) => [...draw(), { kind: 'end', slot: pick(slots), signal } as const]);
  return { seed, shape, steps };
}

/** Gives the steps of one life of a process after the other. */
function createSteps(shape: Shape, random: Random, pick: <One>(all: readonly One[]) => One) {
  const { slots, hasStore } = shape;
  let predicted = 0;
  // without a store only the process that took an outcome, and its successors, can tell a repetition
  const takers = hasStore ? [slots] : slots.map((slot) => [slot]);
  const groups = takers.map((slots) => ({ slots, unreported: [] as number[], reported: [] as number[] }));

  function predict(): Step {
    const count = 5 + Math.floor(40 * random());
    const first = predicted;
    for (let i = 0; i < count; i++) if (random() < 0.8) pick(groups).unreported.push(predicted + i);
    predicted += count;
    return { kind: 'predict', slot: pick(slots), first, count };
  }

  function report(): Step {
    const { slots, unreported, reported } = pick(groups);
    const isRepetition = reported.length > 0 && random() < 0.25;
    const size = random() < 0.3 ? 1 : 1 + Math.floor(30 * random());
    const of = isRepetition
      ? Array.from({ length: size }, () => pick(reported))
      : unreported.splice(Math.floor(unreported.length * random()), size);
    if (!isRepetition) reported.push(...of);
    const forged = random() < 0.1 ? 1 : 0;
    return { kind: 'report', slot: pick(slots), of, isContradiction: random() < 0.5, forged };
  }

  function one(): Step {
    const kind = random();
    if (kind < 0.4) return predict();
    return kind < 0.85 ? report() : { kind: 'scrape', slot: pick(slots) };
  }

  /** What is to be repaired in the next life. */
  let left: readonly Step[] = [];

  const some = () => Array.from({ length: 4 + Math.floor(8 * random()) }, one);

  /** A fault with work during it. */
  function trouble(): readonly Step[] {
    const slot = pick(slots);
    const kind = random();
    if (kind < 0.3) {
      const jump = { kind: 'clock', slot, offset: pick(clocks) } as const;
      const back = { ...jump, offset: '+0' };
      if (random() < 0.7) return [jump, ...some(), back];
      left = [back];
      return [jump, ...some()];
    }
    if (kind < 0.5) return [{ kind: 'disk', state: 'full' }, ...some(), { kind: 'disk', state: 'free' }];
    if (hasStore && kind < 0.7) {
      const state = random() < 0.5 ? 'gone' : 'hangs';
      return [{ kind: 'store', state }, ...some(), { kind: 'store', state: 'back' }];
    }
    const { reported } = pick(groups);
    if (reported.length === 0) return some();
    const of = Array.from({ length: 1 + Math.floor(3 * random()) }, () => pick(reported));
    return [{ kind: 'forget', of: [...new Set(of)] }, ...some()];
  }

  return (): readonly Step[] => {
    // now and then a process is ended as soon as it has started, but not the first: the next one would find no outcomes,
    // count at once, and have no scrape at 0 for the checker to begin with
    if (random() < 0.1 && predicted > 0) return [];
    const repaired = left;
    left = [];
    const steps = [...some(), ...repaired, ...some(), ...(random() < 0.7 ? trouble() : []), ...some()];
    if (random() < 0.3) steps.push({ kind: 'written', slot: pick(slots) }, ...some());
    // without it the end comes while scrapes may be under way, whose outcomes it may then hide
    if (random() < 0.7) steps.push({ kind: 'calm' }, predict(), report());
    return steps;
  };
}

function shuffle(items: unknown[], random: Random): void {
  for (let i = items.length - 1; i > 0; i--) {
    const other = Math.floor((i + 1) * random());
    [items[i], items[other]] = [items[other], items[i]];
  }
}

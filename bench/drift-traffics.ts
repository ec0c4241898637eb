import type { Random } from '../src/stats/random.ts';
import { drawNormal } from './draw-normal.ts';
import { mixture, normal, only, type Population, scaled } from './drift-populations.ts';

/** A feature's traffic through time. */
export type Traffic = {
  readonly title: string;
  readonly requestsPerDay: readonly number[];
  /** What the reference is drawn from. */
  readonly reference: Population;
  /**
   * Makes the function that returns what rows are drawn from, a number of days after a Monday; called in chronological
   * order.
   */
  createPopulation(random: Random): (days: number) => Population;
  /** How often each row is sent, within minutes; once by default. */
  readonly sends?: number;
  /** How many rows arrive together; 1 by default. */
  readonly batchRows?: number;
  /** Days after which the feature changes; never by default. */
  readonly changesAt?: number;
};

const movedNormals = new Map<number, Population>();

/** The standard normal variable moved by `shift`, to two digits. */
export function normalMovedBy(shift: number): Population {
  const rounded = Math.round(shift * 100) / 100;
  const known = movedNormals.get(rounded) ?? normal(rounded);
  movedNormals.set(rounded, known);
  return known;
}

const steady = { reference: normal(), createPopulation: () => () => normalMovedBy(0) };
const rates = [150, 600, 1500, 5000];

function weekends(shift: number): Traffic {
  const moved = normalMovedBy(shift);
  return {
    title: `weekends + ${shift} σ`,
    requestsPerDay: rates,
    reference: mixture([5 / 7, normalMovedBy(0)], [2 / 7, moved]),
    createPopulation: () => (days) => (days % 7 >= 5 ? moved : normalMovedBy(0)),
  };
}

const season = 0.3;
const seasonAt = (days: number) => normalMovedBy(season * Math.sin(2 * Math.PI * days));
const wandering = 0.2;

/** Nothing changes permanently: any alert is false. */
export const steadyTraffics: Readonly<Record<string, Traffic>> = {
  flat: { ...steady, title: 'flat', requestsPerDay: [...rates, 24_000] },
  thrice: { ...steady, title: 'each request sent 3 times', requestsPerDay: rates, sends: 3 },
  bursts: {
    title: `daily season ± ${season} σ, each request sent 3 times, 50 at once`,
    requestsPerDay: [600, 1500, 5000, 24_000],
    reference: mixture(...Array.from({ length: 24 }, (_, hour) => [1 / 24, seasonAt(hour / 24)] as const)),
    createPopulation: () => seasonAt,
    sends: 3,
    batchRows: 50,
  },
  'weekend 0.4': weekends(0.4),
  'weekend 0.6': weekends(0.6),
  'weekend 1': weekends(1),
  restless: {
    title: `the mean wanders: deviation ${wandering} σ, memory of a day`,
    requestsPerDay: rates,
    reference: normal(0, Math.sqrt(1 + wandering ** 2)),
    createPopulation(random) {
      let mean = 0;
      let last = Number.NEGATIVE_INFINITY;
      return (days) => {
        const kept = Math.exp(last - days);
        mean = kept * mean + wandering * Math.sqrt(1 - kept ** 2) * drawNormal(random);
        last = days;
        return normalMovedBy(mean);
      };
    },
  },
};

/** Days of traffic before a change. */
export const changesAt = 28;
const changeRates = [150, 250, 350, 600, 1000, 1500, 5000];

/** Something changes after four weeks. @param change returns what rows are drawn from, a number of days after it */
export function change(
  title: string,
  change: (days: number) => Population,
  requestsPerDay: readonly number[] = changeRates,
): Traffic {
  return {
    title,
    requestsPerDay,
    reference: steady.reference,
    createPopulation: () => (days) => (days < changesAt ? normalMovedBy(0) : change(days - changesAt)),
    changesAt,
  };
}

const inOtherUnit = mixture([0.95, normal()], [0.05, scaled(normal(), 1000)]);
const partlyMissing = mixture([0.95, normal()], [0.05, only(null)]);

export const changingTraffics: Readonly<Record<string, Traffic>> = {
  'step 1': change('+ 1 σ at once', () => normalMovedBy(1)),
  'step 0.5': change('+ 0.5 σ at once', () => normalMovedBy(0.5)),
  'step 0.4': change('+ 0.4 σ at once', () => normalMovedBy(0.4)),
  slope: change('+ 0.5 σ over 120 days', (days) => normalMovedBy(Math.min(0.5, (days / 120) * 0.5))),
  unit: change('5 % × 1,000 at once', () => inOtherUnit),
  missing: change('5 % missing at once', () => partlyMissing),
};

export const traffics: Readonly<Record<string, Traffic>> = { ...steadyTraffics, ...changingTraffics };

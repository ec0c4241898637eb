import {
  ages,
  amounts,
  channels,
  histories,
  inSinglePrecision,
  interestRates,
  type ListedPopulation,
  merchants,
  mixture,
  normal,
  numbersOfEvents,
  only,
  type Population,
  purposes,
  repaidShares,
  scaled,
} from './drift-populations.ts';

/** What the reference is drawn from, and what live rows are drawn from. */
export type World = {
  readonly title: string;
  readonly reference: Population;
  readonly live: Population;
  /** Numbers of reference rows, and of live rows in a window, if not the usual ones. */
  readonly referenceSizes?: readonly number[];
  readonly windowSizes?: readonly number[];
  /** How often each row is sent; once by default. */
  readonly sends?: number;
  /** Rows come in batches, each of a part of the population chosen at random. */
  readonly batches?: { readonly rows: number; readonly parts: readonly Population[] };
};

export const changedWindowSizes = [140, 300, 1000, 5000, 50_000];
const nameSizes = {
  referenceSizes: [200, 1000, 4000, 20_000],
  windowSizes: [200, 1000, 4000, 20_000, 100_000],
};

const nine = interestRates(9);
const flags = (ones: number) => mixture([ones, only(1)], [1 - ones, only(0)]);
/** An amount that few rows have at all. */
const fees = (amount: ListedPopulation) => mixture([0.92, only(0)], [0.08, amount]);
/** A share of which most are at the cap of 100. */
const repaid = (capped: number) => mixture([capped, only(100)], [1 - capped, repaidShares()]);
const withMissing = (share: number, population: Population) =>
  mixture([1 - share, population], [share, only(null)]);
const unchanged = (title: string, population: Population) => ({
  title,
  reference: population,
  live: population,
});

/** Nothing changes: every detection is false. */
export const steadyWorlds: Readonly<Record<string, World>> = {
  age: unchanged('ages in years', ages()),
  normal: unchanged('a normal variable', normal()),
  amount: unchanged('log-normal amounts', amounts()),
  count: unchanged('counts, Poisson of mean 0.5', numbersOfEvents(0.5)),
  rate: unchanged('nine different values', nine),
  'rate single': {
    ...unchanged('nine different values, live ones in single precision', nine),
    live: inSinglePrecision(nine),
  },
  'amount single': {
    ...unchanged('log-normal amounts, live ones in single precision', amounts()),
    live: inSinglePrecision(amounts()),
  },
  zeros: unchanged('92 % zeros, the rest amounts', fees(amounts())),
  capped: unchanged('94 % at a cap of 100', repaid(0.94)),
  flag: unchanged('0 or 1, 99 % of them 1', flags(0.99)),
  constant: unchanged('a constant', only(25)),
  missing: unchanged('ages, 5 % missing', withMissing(0.05, ages())),
  history: unchanged('a category of 5', histories()),
  purpose: {
    ...unchanged('a category of 20, long-tailed (Zipf)', purposes()),
    windowSizes: [50, 200, 1000, 5000, 50_000, 1_000_000],
  },
  channel: unchanged('a category of 20, most of them very rare', channels()),
  'merchant 0.9': { ...unchanged('names, Pareto tail of 0.9', merchants(0.9)), ...nameSizes },
  'merchant 0.6': { ...unchanged('names, Pareto tail of 0.6', merchants(0.6)), ...nameSizes },
};

const inSizes = (changed: Record<string, Omit<World, 'windowSizes'>>) =>
  Object.fromEntries(
    Object.entries(changed).map(([key, world]) => [key, { ...world, windowSizes: changedWindowSizes }]),
  );

const wave = (tail: number, share: number) => ({
  title: `names, Pareto tail of ${tail}: a new name in ${share * 100} %`,
  reference: merchants(tail),
  live: mixture([1 - share, merchants(tail)], [share, only('a new name')]),
});

/** Something changes. */
export const changedWorlds: Readonly<Record<string, World>> = inSizes({
  'normal+0.1': { title: 'normal + 0.1 σ', reference: normal(), live: normal(0.1) },
  'normal+0.25': { title: 'normal + 0.25 σ', reference: normal(), live: normal(0.25) },
  'normal+0.5': { title: 'normal + 0.5 σ', reference: normal(), live: normal(0.5) },
  'normal+1': { title: 'normal + 1 σ', reference: normal(), live: normal(1) },
  'age+0.25': { title: 'ages + 0.25 σ', reference: ages(), live: ages(0.25) },
  spread: { title: 'normal, spread × 1.25', reference: normal(), live: normal(0, 1.25) },
  segment: {
    title: 'normal, 20 % of rows + 1 σ',
    reference: normal(),
    live: mixture([0.8, normal()], [0.2, normal(1)]),
  },
  unit: { title: 'amounts × 1,000', reference: amounts(), live: scaled(amounts(), 1000) },
  'unit 5 %': {
    title: 'amounts, 5 % of them × 1,000',
    reference: amounts(),
    live: mixture([0.95, amounts()], [0.05, scaled(amounts(), 1000)]),
  },
  default: {
    title: 'ages, 10 % replaced by one value',
    reference: ages(),
    live: mixture([0.9, ages()], [0.1, only(30)]),
  },
  'missing 2 %': { title: 'ages, 2 % missing', reference: ages(), live: withMissing(0.02, ages()) },
  'missing 10 %': { title: 'ages, 10 % missing', reference: ages(), live: withMissing(0.1, ages()) },
  counts: {
    title: 'counts, mean from 0.5 to 0.65',
    reference: numbersOfEvents(0.5),
    live: numbersOfEvents(0.65),
  },
  'zeros × 3': {
    title: '92 % zeros, the rest × 3',
    reference: fees(amounts()),
    live: fees(scaled(amounts(), 3)),
  },
  'zeros 80 %': {
    title: 'zeros from 92 to 80 %',
    reference: fees(amounts()),
    live: mixture([0.8, only(0)], [0.2, amounts()]),
  },
  'cap 80 %': { title: 'at the cap: from 94 to 80 %', reference: repaid(0.94), live: repaid(0.8) },
  'cap 120': {
    title: 'the cap from 100 to 120',
    reference: repaid(0.94),
    live: mixture([0.94, only(120)], [0.06, repaidShares()]),
  },
  'flag 90 %': { title: '1 from 99 to 90 %', reference: flags(0.99), live: flags(0.9) },
  'constant 5 %': {
    title: 'a constant: another value in 5 %',
    reference: only(25),
    live: mixture([0.95, only(25)], [0.05, only(10)]),
  },
  'category 10 %': {
    title: 'a category from 5 to 10 %',
    reference: histories(),
    live: histories(0.1),
  },
  'category 20 %': {
    title: 'a category from 5 to 20 %',
    reference: histories(),
    live: histories(0.2),
  },
  'new category': {
    title: 'a new category in 2 %',
    reference: histories(),
    live: mixture([0.98, histories()], [0.02, only('a new one')]),
  },
  'wave 0.9 2 %': wave(0.9, 0.02),
  'wave 0.9 5 %': wave(0.9, 0.05),
  'wave 0.6 2 %': wave(0.6, 0.02),
  'wave 0.6 5 %': wave(0.6, 0.05),
});

const season = 0.3;
const halfHours = Array.from({ length: 48 }, (_, i) => normal(season * Math.sin((2 * Math.PI * i) / 48)));
const wholeDay = mixture(...halfHours.map((population) => [1 / halfHours.length, population] as const));
const togetherSizes = { referenceSizes: [1000, 5000], windowSizes: [300, 1000, 5000] };

/** Nothing changes, but rows are not independent of each other. */
export const togetherWorlds: Readonly<Record<string, World>> = {
  thrice: { ...unchanged('each row sent 3 times', normal()), ...togetherSizes, sends: 3 },
  batches: {
    ...unchanged('batches of 50 rows, daily season ± 0.3 σ', wholeDay),
    ...togetherSizes,
    batches: { rows: 50, parts: halfHours },
  },
  both: {
    ...unchanged('both', wholeDay),
    ...togetherSizes,
    batches: { rows: 50, parts: halfHours },
    sends: 3,
  },
};

export const worlds: Readonly<Record<string, World>> = {
  ...steadyWorlds,
  ...togetherWorlds,
  ...changedWorlds,
};

import {
  ages,
  categories,
  channels,
  histories,
  limits,
  normal,
  type Population,
  purposes,
  type Variable,
} from './drift-populations.ts';

/**
 * The rules compared: `verdict` is that of one window, PSI > max(0.1, ceiling); `alert` the same with the design effect
 * of alerts; `share` judges the share of missing values by its own binomial ceiling.
 */
export type Rule = 'verdict' | 'alert' | 'psi > 0.1' | 'psi > 0.2' | 'ks' | 'share';

export type Scenario = {
  readonly title: string;
  readonly variable: Variable;
  readonly reference: Population;
  readonly live: Population;
  /** Which rules have anything to say. */
  readonly judged: readonly Rule[];
};

const numericRules = ['verdict', 'alert', 'psi > 0.1', 'psi > 0.2', 'ks'] as const;
const categoricalRules = ['verdict', 'alert', 'psi > 0.1', 'psi > 0.2'] as const;
const numeric = { variable: { kind: 'numeric' }, reference: ages(), judged: numericRules } as const;
const bell = { ...numeric, reference: normal() } as const;
const categorical = {
  variable: categories(histories()),
  reference: histories(),
  judged: categoricalRules,
} as const;

/** The live population is the reference's own: every alarm is false. */
export const withoutDrift = {
  age: { ...numeric, title: 'age (10 bins)', live: ages() },
  history: { ...categorical, title: 'a category of 5', live: histories() },
  purpose: {
    title: 'a category of 20, long-tailed',
    variable: categories(purposes()),
    reference: purposes(),
    live: purposes(),
    judged: categoricalRules,
  },
  channel: {
    title: 'a category of 20, most of them very rare',
    variable: categories(channels()),
    reference: channels(),
    live: channels(),
    judged: categoricalRules,
  },
} satisfies Record<string, Scenario>;

export const withDrift = {
  'age+0.1': { ...numeric, title: 'age moved by 0.1 σ', live: ages(0.1) },
  'age+0.25': { ...numeric, title: 'age moved by 0.25 σ', live: ages(0.25) },
  'age+0.5': { ...numeric, title: 'age moved by 0.5 σ', live: ages(0.5) },
  'normal+0.1': { ...bell, title: 'a normal variable moved by 0.1 σ', live: normal(0.1) },
  'normal+0.25': { ...bell, title: 'a normal variable moved by 0.25 σ', live: normal(0.25) },
  'normal+0.5': { ...bell, title: 'a normal variable moved by 0.5 σ', live: normal(0.5) },
  'category 10 %': { ...categorical, title: 'a category from 5 % to 10 %', live: histories(0.1) },
  'category 20 %': { ...categorical, title: 'a category from 5 % to 20 %', live: histories(0.2) },
  'missing 10 %': {
    ...numeric,
    title: 'age missing in 10 %, never in the reference',
    live: ages(0, 0.1),
    judged: [...categoricalRules, 'share'],
  },
  'limit × 1000': {
    title: 'limit in another unit (× 1,000)',
    variable: { kind: 'numeric' },
    reference: limits(),
    live: limits(1000),
    judged: categoricalRules,
  },
} satisfies Record<string, Scenario>;

export const scenarios: Record<string, Scenario> = { ...withoutDrift, ...withDrift };

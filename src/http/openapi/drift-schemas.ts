import { windowNames } from '../../monitor/windows.ts';
import { driftRule } from '../../stats/drift.ts';
import { ofEachStatistic } from '../../stats/drift-statistics.ts';
import { slowDriftRule } from '../../stats/slow-drift.ts';
import { list, object, ref } from './parts.ts';

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const number = { type: 'number' };

/** A number or null. */
export const maybe = (description: string) => ({ type: ['number', 'null'], description });

/** A name and a version. */
export const modelSchema = object({ name: text, version: text });

/** The three windows, each with the same members. */
export function windowsOf(schema: object) {
  return object(Object.fromEntries(windowNames.map((name) => [name, schema])));
}

/** The constants of a rule, as they are. */
export function ruleSchema(rule: object, description: string) {
  return { const: rule, description };
}

/** What bets on a slow change have found. */
export const betsMembers = {
  evidence: { type: 'number', description: 'From the threshold of the rule on, a change is detected' },
  direction: { enum: ['rises', 'falls', null] },
  forDays: maybe('How many days ago the change began, about'),
};

const verdict = { enum: ['stable', 'undetermined', 'moved', 'drifting'] };

const drift = {
  samples: { ...count, description: 'Live rows in the window' },
  referenceSamples: count,
  ...ofEachStatistic(({ title, range }) => maybe(`${title}, ${range}`)),
  psiNoiseCeiling: maybe('What PSI stays below by chance alone; null without rows'),
  psiAlertCeiling: maybe('The same for alerts, which take rows that come together as dependent'),
  rankTrend: {
    anyOf: [
      object({
        probability: { type: 'number', description: 'That a live value is above one of the reference' },
        z: number,
        effectiveValues: number,
      }),
      { type: 'null' },
    ],
    description: 'Whether values have moved up or down; null for categories',
  },
  verdict,
  effect: maybe('How far the move shifts the scores, in their standard deviations'),
};

const variable = {
  name: text,
  kind: { enum: ['numeric', 'categorical'] },
  ...drift,
  missing: maybe('Share of the rows without a value'),
  unseen: maybe('Share of the rows with a category that training never saw'),
  outsideRange: maybe('Share of the values outside the range of the reference'),
  farOutsideRange: maybe('Share of the values far outside of it'),
  unit: {
    anyOf: [
      object({
        factor: { type: 'number', description: 'How many times the usual values' },
        share: { type: 'number', description: 'Of the live values' },
      }),
      { type: 'null' },
    ],
    description: 'The other unit that values seem to be in; null where none is guessed',
  },
  bins: list(object({ label: text, reference: count, live: count })),
};

const scoreShift = {
  anyOf: [
    object({
      total: number,
      features: list(object({ name: text, reference: number, live: number, shift: number })),
    }),
    { type: 'null' },
  ],
};

/** What `/drift` answers with. */
export const driftSchemas = {
  Drift: object({
    model: modelSchema,
    rule: ruleSchema(driftRule, 'What verdicts follow from'),
    windows: windowsOf(ref('DriftWindow')),
    slowDrift: object({
      rule: ruleSchema(slowDriftRule, 'What the evidence follows from'),
      days: { ...count, description: 'Whole days since the start' },
      variables: list(object({ name: text, ...betsMembers })),
    }),
    withoutExplanation: { type: ['string', 'null'], description: 'Why scores are not explained, if so' },
  }),
  DriftWindow: object({
    features: list(ref('DriftVariable'), 'What matters most first'),
    score: ref('DriftVariable'),
    scoreShift: {
      ...scoreShift,
      description: 'What moved the mean score, in log-odds; null where it cannot be told',
    },
    segments: list(
      object({
        feature: { ...text, description: 'The feature that cuts the rows into segments' },
        segment: text,
        samples: count,
        verdict,
        variables: list(object({ name: text, ...drift })),
      }),
    ),
  }),
  DriftVariable: object(variable),
};

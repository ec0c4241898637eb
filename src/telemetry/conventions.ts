import type { AttributeValue } from '@opentelemetry/api';

/** An attribute as OpenTelemetry's semantic conventions describe one. */
export type ConventionAttribute = {
  readonly type: 'string' | 'string[]' | 'int' | 'double' | 'double[]';
  /** `Required`, `Recommended`, `Opt-In`, or `Conditionally Required` with its condition. */
  readonly level: string;
  readonly description: string;
  readonly examples: readonly string[];
};

const ofOneRow = 'Conditionally Required: if the span covers one row.';
const ofSeveral = 'Conditionally Required: if the span covers several rows.';

/**
 * What spans tell of predictions. They are set only through `SpanAttributes`, so nothing is in a span that is not here;
 * docs/semantic-conventions.md is printed from it.
 */
export const spanAttributes = {
  'model.name': {
    type: 'string',
    level: 'Required',
    description: 'The model that predicted, or whose predictions were observed.',
    examples: ['credit'],
  },
  'model.version': {
    type: 'string',
    level: 'Required',
    description: 'Its version. It changes whenever a prediction could.',
    examples: ['8843887a58fa', '2026-11-01'],
  },
  'model.score': {
    type: 'double',
    level: `${ofOneRow} Not if values of sensitive inputs could be computed from it.`,
    description: 'The score: the probability of the positive class.',
    examples: ['0.734'],
  },
  'model.prediction': {
    type: 'string',
    level: ofOneRow,
    description: 'The predicted class.',
    examples: ['good', 'bad'],
  },
  'model.reasons.features': {
    type: 'string[]',
    level: 'Recommended: if the model can be explained and the span covers one row.',
    description:
      'Names of the features that moved the score most, the strongest first; sensitive ones are left out.',
    examples: ['["history", "limit"]'],
  },
  'model.reasons.log_odds': {
    type: 'double[]',
    level: 'Recommended: with `model.reasons.features`.',
    description: 'What each of them added to the log-odds of the score, in the same order.',
    examples: ['[1.81, -0.64]'],
  },
  'model.features.missing': {
    type: 'string[]',
    level: 'Recommended',
    description: 'Names of the features that had no value; sensitive ones are left out.',
    examples: ['["age"]'],
  },
  'model.features.unseen': {
    type: 'string[]',
    level: 'Recommended',
    description:
      'Names of the features whose category the reference does not have; sensitive ones are left out.',
    examples: ['["history"]'],
  },
  'model.features.outside_range': {
    type: 'string[]',
    level: 'Recommended',
    description:
      'Names of the features whose number is beyond all values of the reference; sensitive ones are left out.',
    examples: ['["limit"]'],
  },
  'model.predictions': {
    type: 'int',
    level: ofSeveral,
    description: 'Rows that were predicted together.',
    examples: ['500'],
  },
  'error.type': {
    type: 'string',
    level: 'Conditionally Required: if the model could not predict.',
    description: 'Why: a short, fixed list, the same as in `model.predict.failures`.',
    examples: ['timeout', 'unreachable', 'bad_answer'],
  },
  'model.observations.accepted': {
    type: 'int',
    level: 'Conditionally Required: on an `observations` span.',
    description: 'Predictions made elsewhere that were counted.',
    examples: ['9998'],
  },
  'model.observations.invalid': {
    type: 'int',
    level: 'Conditionally Required: on an `observations` span.',
    description: 'Those that were rejected.',
    examples: ['2'],
  },
} as const satisfies Record<string, ConventionAttribute>;

/** Attributes that a span may get; those that are undefined are left out. */
export type SpanAttributes = { readonly [Key in keyof typeof spanAttributes]?: AttributeValue | undefined };

/**
 * The attributes of metrics about models, under the names proposed for them. `label` is what Vigia calls it: Prometheus'
 * users write labels by hand, so these have no namespace.
 */
export const metricAttributes = {
  'model.name': { label: 'model', ...spanAttributes['model.name'] },
  'model.version': { label: 'version', ...spanAttributes['model.version'] },
  'model.prediction': { label: 'prediction', ...spanAttributes['model.prediction'], level: 'Required' },
  'model.feature.name': {
    label: 'feature',
    type: 'string',
    level: 'Required',
    description: 'The feature; `(score)` for the score, which is counted like one.',
    examples: ['age', '(score)'],
  },
  'model.feature.bin': {
    label: 'bin',
    type: 'string',
    level: 'Required',
    description:
      'The bin of the reference that the value falls into: an interval, numbered so that bins sort; a category after `= `; or `other`, `unseen`, `missing`.',
    examples: ['03 (28.5, 30.5]', '= good', 'missing'],
  },
  'model.feature.side': {
    label: 'side',
    type: 'string',
    level: 'Required',
    description: 'On which side of the reference the value lies: `below` or `above`.',
    examples: ['above'],
  },
  'model.drift.window': {
    label: 'window',
    type: 'string',
    level: 'Required',
    description: 'How far back live observations are compared with the reference.',
    examples: ['10m', '1h', '24h'],
  },
  'model.outcome': {
    label: 'outcome',
    type: 'string',
    level: 'Required',
    description: 'The class that turned out to be true, one of the model’s.',
    examples: ['good', 'bad'],
  },
  'model.score_bin': {
    label: 'score_bin',
    type: 'string',
    level: 'Required',
    description:
      'The bin of the score. These are finer than the bins for drift, and fixed for a version of the model.',
    examples: ['10 (0.2, 0.22]'],
  },
  'error.type': {
    label: 'reason',
    type: 'string',
    level: 'Required',
    description: 'Why an input was rejected, or why the model could not predict; a short, fixed list.',
    examples: ['missing', 'type', 'timeout', 'bad_answer'],
  },
} as const satisfies Record<string, ConventionAttribute & { readonly label: string }>;

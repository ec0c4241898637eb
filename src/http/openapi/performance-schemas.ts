import { slowOutcomesRule } from '../../monitor/slow-outcomes.ts';
import { betsMembers, maybe, modelSchema, ruleSchema, windowsOf } from './drift-schemas.ts';
import { list, object, ref } from './parts.ts';

const text = { type: 'string' };
const count = { type: 'integer', minimum: 0 };
const number = { type: 'number' };
const or = (schema: object, description?: string) => ({
  anyOf: [schema, { type: 'null' }],
  ...(description !== undefined && { description }),
});

const members = (names: readonly string[], schema: object) =>
  Object.fromEntries(names.map((name) => [name, schema]));
const standardError = maybe('Standard error');
const figure = object({ value: maybe('null without rows that define it'), standardError });
const maxError = maybe('By how much the bins of the score may put it wrong');
const calibrationError = maybe('Standard error that comes from the rows behind the calibration');
const confusion = object(
  members(['truePositives', 'falsePositives', 'trueNegatives', 'falseNegatives'], number),
);

const figures = {
  samples: number,
  confusion,
  ...members(['accuracy', 'precision', 'recall', 'f1'], ref('Figure')),
};

const rate = object({
  value: maybe('0 to 1'),
  outcomes: count,
  interval: or(ref('Interval'), '95 %'),
});
const comparison = object({
  champion: maybe('Of the model that answers'),
  shadow: maybe('Of its shadow'),
  difference: or(object({ value: number, low: number, high: number }), 'Shadow less champion, with 95 %'),
});
const learntFigure = object({ value: number, standardError: number });

/** What `/performance` answers with. */
export const performanceSchemas = {
  Performance: object({
    maturityDays: { type: 'number', description: 'How old a prediction must be for its outcome to count' },
    models: list(ref('ModelPerformance')),
    shadows: list(ref('ShadowPerformance')),
  }),
  ModelPerformance: object({
    model: modelSchema,
    sinceStart: ref('PerformanceWindow'),
    windows: windowsOf(ref('PerformanceWindow')),
    slowOutcomes: or(
      object({
        rule: ruleSchema(slowOutcomesRule, 'What the evidence follows from'),
        days: { ...count, description: 'Whole days since the start' },
        ...betsMembers,
      }),
      'Whether outcomes slowly become unexpected',
    ),
    evaluation: or({ type: 'object' }, 'The figures of the model file, with how they were obtained'),
    comparedWith: or(
      object({ accuracy: learntFigure, rocAuc: or(learntFigure) }),
      'What live figures are compared with',
    ),
    withoutOutcomes: { type: ['string', 'null'], description: 'Why nothing is estimated, if so' },
    protectedWithoutOutcomes: list(text, 'Protected features whose outcomes are not counted'),
  }),
  PerformanceWindow: object({
    realised: object(
      {
        ...figures,
        rocAuc: object({ value: maybe('0 to 1'), standardError, maxError }),
        brier: maybe('Mean squared error of the scores'),
        brierStandardError: standardError,
        logLoss: maybe('Mean logarithmic loss'),
        expectedCalibrationError: maybe('Mean distance of score and share of positives, by band'),
      },
      'Of the outcomes that have come',
    ),
    estimated: or(
      object({
        ...figures,
        accuracy: object({ value: maybe('0 to 1'), standardError, calibrationError }),
        rocAuc: object({ value: maybe('0 to 1'), maxError, standardError, calibrationError }),
        trust: object({ isTrusted: { type: 'boolean' }, reasons: list(text) }),
      }),
      'Of all predictions, without their outcomes (CBPE); null where the model file has no calibration',
    ),
    coverage: object({
      all: ref('Coverage'),
      byDecision: list(ref('Coverage'), 'By predicted class, negative first'),
      byBand: list(ref('Coverage'), 'By band of the score'),
      isIdentified: { type: 'boolean', description: 'Whether the outcomes speak for all decisions' },
    }),
    observedExpected: or(
      object({
        observed: number,
        expected: number,
        z: maybe('Standard errors between them'),
        effect: maybe('The difference as a share of the rarer class'),
      }),
    ),
    calibration: or(
      object({
        chiSquare: number,
        bands: count,
        ceiling: maybe('What it stays below by chance'),
        effect: maybe('The differences as a share of the rarer class'),
      }),
    ),
    scoreMean: or(
      object({
        mean: maybe('Mean calibrated score'),
        training: { type: 'number', description: 'Share of positives in training' },
        z: maybe('Standard errors between them'),
        hasShifted: { type: 'boolean' },
        ifOnlySharesChanged: maybe('Share of positives, if only the shares of the classes have changed'),
      }),
    ),
    groups: list(
      object({
        feature: text,
        bins: list(object({ bin: text, ...members(['truePositiveRate', 'falsePositiveRate'], rate) })),
      }),
      'By protected feature',
    ),
    outcomeDelays: {
      type: 'object',
      additionalProperties: object({
        outcomes: count,
        p50Days: maybe('Median'),
        p95Days: maybe('95th percentile'),
      }),
      description: 'From prediction to outcome, by outcome',
    },
  }),
  ShadowPerformance: object({
    champion: modelSchema,
    shadow: modelSchema,
    rows: { ...count, description: 'Rows that both have scored since the start' },
    agreement: maybe('Share of them for which both predict the same class'),
    predictions: list(object({ champion: text, shadow: text, rows: count })),
    outcomes: count,
    ...members(['accuracy', 'brierScore', 'rocAuc'], comparison),
  }),
  Coverage: object({ predictions: count, labelled: count, share: maybe('null without predictions') }),
  Figure: figure,
  Interval: object({ low: number, high: number }),
};

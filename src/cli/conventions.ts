import { type ConventionAttribute, metricAttributes, spanAttributes } from '../telemetry/conventions.ts';
import type { Instrument } from '../telemetry/instrument.ts';
import { instruments } from '../telemetry/instruments.ts';
import { instrumentName } from '../telemetry/prometheus-names.ts';
import { table } from './markdown-table.ts';

/** The metrics that docs/semantic-conventions.md proposes: those that do not depend on how Vigia estimates. */
export const proposedMetrics = {
  inference: ['predictions', 'predictDuration', 'predictFailures', 'score', 'inputsRefused', 'inputRejected'],
  distributions: [
    'binObservations',
    'referenceRatio',
    'referenceSamples',
    'outsideRange',
    'psi',
    'driftCeiling',
    'driftSamples',
  ],
  outcomes: ['outcomes', 'outcomeDelay', 'outcomeScores', 'outcomeSquaredErrors', 'outcomeLogLosses'],
} as const satisfies Record<string, readonly (keyof typeof instruments)[]>;

const code = (text: string) => `\`${text}\``;
const development = 'Development';

/** Markdown of the tables of docs/semantic-conventions.md, by their names. */
export const conventionTables = {
  'span-attributes': () =>
    table(
      ['Key', 'Stability', 'Requirement Level', 'Value Type', 'Description', 'Example Values'],
      Object.entries<ConventionAttribute>(spanAttributes).map(([key, one]) => [code(key), ...describe(one)]),
    ),
  'metric-attributes': () =>
    table(
      [
        'Key',
        'Stability',
        'Requirement Level',
        'Value Type',
        'Description',
        'Example Values',
        'Label in Vigia',
      ],
      Object.entries<ConventionAttribute & { readonly label: string }>(metricAttributes).map(([key, one]) => [
        code(key),
        ...describe(one),
        code(one.label),
      ]),
    ),
  'metrics-inference': () => metricsTable(proposedMetrics.inference),
  'metrics-distributions': () => metricsTable(proposedMetrics.distributions),
  'metrics-outcomes': () => metricsTable(proposedMetrics.outcomes),
};

function describe({ level, type, description, examples }: ConventionAttribute): string[] {
  return [
    development,
    level.replace(/^(\w[\w -]*)/, '`$1`'),
    type,
    description,
    examples.map(code).join('; '),
  ];
}

function metricsTable(keys: readonly (keyof typeof instruments)[]): string {
  return table(
    ['Name', 'Instrument Type', 'Unit (UCUM)', 'Description', 'Stability', 'Attributes', 'In Prometheus'],
    keys.map((key) => {
      const instrument: Instrument = instruments[key];
      const { name, type, unit, description, attributes } = instrument;
      return [
        code(name),
        type[0].toUpperCase() + type.slice(1),
        unit === '' ? '' : code(unit),
        description,
        development,
        attributes.map((label) => code(proposedKey(label))).join(', '),
        code(instrumentName(instrument)),
      ];
    }),
  );
}

/** The name proposed for one of our attributes. @throws RangeError for one that has none */
export function proposedKey(label: string): string {
  const found = Object.entries(metricAttributes).find(([, one]) => one.label === label);
  if (found === undefined) throw new RangeError(`no convention names the attribute ${label}`);
  return found[0];
}

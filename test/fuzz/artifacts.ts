import fc, { type Arbitrary } from 'fast-check';
import {
  type Artifact,
  type Feature,
  formatVersion,
  scoreFeature,
  sealArtifact,
} from '../../src/model/artifact.ts';
import type { Weights } from '../../src/predictors/logistic/schema.ts';
import { maxMagnitude } from '../../src/stats/summable.ts';

const extremes = [
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  Number.EPSILON,
  2.2250738585072014e-308,
  1e308,
  1e300,
  1e150,
  2 ** 53 + 2,
  2 ** 53,
  2 ** 53 - 1,
  1,
  0,
];

/** Every kind of finite double, the awkward ones more often than chance has them. */
export const anyDouble: Arbitrary<number> = fc.oneof(
  fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 1e308, -1e308),
  fc.constantFrom(...extremes, ...extremes.map((value) => -value)),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ noNaN: true, min: -100, max: 100 }),
);

/** A value that an artifact may say of a feature. */
const measure = anyDouble.map((value) => Math.max(-maxMagnitude, Math.min(maxMagnitude, value)));
const share = fc.oneof(
  fc.constantFrom(0, 1, Number.MIN_VALUE, 1 - 2 ** -53),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const count = fc.oneof(fc.nat(1000), fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER));

function ascending(values: Arbitrary<number>, minLength: number, maxLength: number): Arbitrary<number[]> {
  return fc
    .uniqueArray(values, { minLength, maxLength, comparator: (a, b) => a === b })
    .map((list) => list.toSorted((a, b) => a - b));
}

function counts(length: number): Arbitrary<number[]> {
  return fc
    .array(count, { minLength: length, maxLength: length })
    .map((list) => (list.some((each) => each > 0) ? list : [1, ...list.slice(1)]));
}

const summary = ascending(measure, 1, 13).chain((values) => {
  const at = (place: number) => values[Math.min(values.length - 1, place)];
  const [min, max] = [values[0], at(12)];
  return fc
    .record({ mean: fc.double({ min, max, noNaN: true }), deviation: measure.map(Math.abs) })
    .map(({ mean, deviation }) => ({
      min,
      max,
      mean,
      deviation,
      percentiles: {
        p1: at(1),
        p5: at(2),
        p10: at(3),
        p25: at(4),
        p50: at(5),
        p75: at(6),
        p90: at(7),
        p95: at(8),
        p99: at(9),
      },
    }));
});

type Drawn = { readonly feature: Feature; readonly weights: Weights };

function numericFeature(name: string): Arbitrary<Drawn> {
  return fc.record({ nullable: fc.boolean(), edges: ascending(measure, 0, 9) }).chain(({ nullable, edges }) =>
    fc.record({
      feature: fc.record({
        name: fc.constant(name),
        kind: fc.constant('numeric' as const),
        nullable: fc.constant(nullable),
        summary,
        reference: counts(edges.length + 2).map((list) => ({ edges, counts: list })),
      }),
      weights: fc
        .record({
          name: fc.constant(name),
          kind: fc.constant('numeric' as const),
          standardisation: fc.record({
            mean: measure,
            deviation: measure.map((value) => Math.abs(value) || Number.MIN_VALUE),
          }),
          coefficient: anyDouble,
          missingLogOdds: nullable ? anyDouble : fc.constant(null),
          meanContribution: anyDouble,
        })
        .filter(({ coefficient, standardisation }) =>
          Number.isFinite(coefficient / standardisation.deviation),
        ),
    }),
  );
}

function categoricalFeature(name: string): Arbitrary<Drawn> {
  return fc
    .record({
      nullable: fc.boolean(),
      categories: fc.subarray(['a', 'b', 'c', '7'], { minLength: 1 }),
      grouped: fc.subarray(['rare', 'rarer']),
    })
    .chain(({ nullable, categories, grouped }) =>
      fc.record({
        feature: fc.record({
          name: fc.constant(name),
          kind: fc.constant('categorical' as const),
          nullable: fc.constant(nullable),
          categories: fc.constant(categories),
          grouped: fc.constant(grouped),
          reference: counts(categories.length + (grouped.length > 0 ? 1 : 0) + 2).map((list) => ({
            counts: list,
          })),
        }),
        weights: fc.record({
          name: fc.constant(name),
          kind: fc.constant('categorical' as const),
          coefficients: fc.array(anyDouble, { minLength: categories.length, maxLength: categories.length }),
          otherLogOdds: grouped.length > 0 ? anyDouble : fc.constant(null),
          missingLogOdds: nullable ? anyDouble : fc.constant(null),
          unseenLogOdds: anyDouble,
          meanContribution: anyDouble,
        }),
      }),
    );
}

const drawnFeatures = fc
  .integer({ min: 1, max: 6 })
  .chain((length) =>
    fc.tuple(
      ...Array.from({ length }, (_, i) =>
        fc.oneof({ arbitrary: numericFeature(`n${i}`), weight: 3 }, categoricalFeature(`c${i}`)),
      ),
    ),
  );

const calibration = ascending(share, 1, 6).chain((scores) =>
  fc
    .array(share, { minLength: scores.length, maxLength: scores.length })
    .map((list) => ({ scores, probabilities: list.toSorted((a, b) => a - b) })),
);

const scoreBins = fc
  .array(fc.tuple(fc.nat(1000), share, share), { minLength: 50, maxLength: 50 })
  .map((bins) => ({
    edges: Array.from({ length: 49 }, (_, i) => (i + 1) / 50),
    counts: bins.map(([rows]) => rows),
    positives: bins.map(([rows, positive]) => Math.floor(rows * positive)),
    expected: bins.map(([rows, , expected]) => rows * expected),
  }));

const estimate = fc.record({ value: share, standardError: share });

/** Models that the artifact's schema accepts, however little sense they make. */
export const artifacts: Arbitrary<Artifact> = fc
  .record({
    drawn: drawnFeatures,
    intercept: anyDouble,
    threshold: share.map((value) => Math.min(1 - 2 ** -53, Math.max(Number.MIN_VALUE, value))),
    calibration,
    scoreBins,
    scoreReference: ascending(share, 0, 9).chain((edges) =>
      counts(edges.length + 2).map((list) => ({ edges, counts: list })),
    ),
    segmentCounts: fc.array(count, { minLength: 1, maxLength: 11 }),
    evaluation: fc.record({
      rocAuc: estimate,
      accuracy: estimate,
      logLoss: estimate,
      brier: estimate,
      precision: estimate,
      recall: estimate,
      f1: estimate,
    }),
  })
  .map(({ drawn, intercept, threshold, calibration: curve, scoreBins: bins, ...rest }) => {
    const { scoreReference, segmentCounts, evaluation } = rest;
    const features = drawn.map(({ feature }) => feature);
    return sealArtifact({
      ...segmentsOf(features, scoreReference.counts.length, segmentCounts),
      formatVersion,
      name: 'drawn',
      features,
      output: {
        kind: 'binary',
        column: 'lost',
        positive: 'yes',
        negative: 'no',
        threshold: { value: threshold, reason: 'drawn' },
        score: { reference: scoreReference, bins },
        calibration: curve,
      },
      protected: features.slice(0, 1).map(({ name }) => name),
      sensitive: [],
      training: {
        rows: 100,
        positives: 30,
        prevalence: 0.3,
        dataDigest: `sha256:${'0'.repeat(64)}`,
        smallestDetectableDrift: '',
      },
      evaluation: { protocol: { kind: 'cross-validation', folds: 2, repeats: 1, seed: 1 }, ...evaluation },
      predictor: { kind: 'logistic', intercept, features: drawn.map(({ weights }) => weights) },
    });
  });

/** Segments of all categorical features, with these counts again and again. */
function segmentsOf(
  all: readonly Feature[],
  scoreSize: number,
  given: readonly number[],
): Pick<Artifact, 'segments'> {
  let next = 0;
  const sizes = [
    ...all.map(({ name, reference }) => ({ name, size: reference.counts.length })),
    { name: scoreFeature, size: scoreSize },
  ];
  const drawn = all.flatMap((feature) => {
    if (feature.kind === 'numeric') return [];
    const rows = feature.categories.length + (feature.grouped.length > 0 ? 1 : 0);
    const variables = sizes
      .filter(({ name }) => name !== feature.name)
      .map(({ name, size }) => ({
        name,
        counts: Array.from({ length: rows }, () =>
          Array.from({ length: size }, () => given[next++ % given.length]),
        ),
      }));
    return [{ feature: feature.name, variables }];
  });
  return drawn.length > 0 ? { segments: drawn } : {};
}

/** The JSON text of a row that the model accepts; text, because `JSON.stringify` makes 0 of −0. */
export function rowsOf({ features: all }: Artifact): Arbitrary<string> {
  const members = all.map((feature) => {
    const value: Arbitrary<string> =
      feature.kind === 'numeric'
        ? anyDouble.map((number) => (Object.is(number, -0) ? '-0' : String(number)))
        : fc.constantFrom(...feature.categories, ...feature.grouped, 'unseen').map((text) => `"${text}"`);
    const orNull = feature.nullable ? fc.oneof({ arbitrary: value, weight: 4 }, fc.constant('null')) : value;
    return orNull.map((text) => `"${feature.name}":${text}`);
  });
  return fc.tuple(...members).map((texts) => `{${texts.join(',')}}`);
}

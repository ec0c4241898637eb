import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import type { Reference } from '../../src/model/reference.ts';
import { liveSegments } from '../../src/monitor/live-segments.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { createModelMetrics } from '../../src/telemetry/model-metrics.ts';
import { metricName } from '../../src/telemetry/prometheus-text.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const names = [
  'model_segment_bin_observations_total',
  'model_segment_reference_ratio',
  'model_segment_reference_samples',
];

const reference: Reference = {
  model: 'm',
  version: '1',
  features: [
    {
      name: 'colour',
      bins: { kind: 'categorical', categories: ['red', 'blue'], grouped: ['grey'] },
      counts: [50, 30, 20, 0, 0],
    },
    { name: 'height', bins: { kind: 'numeric', edges: [10, 20] }, counts: [30, 40, 30, 0] },
    { name: 'shape', bins: { kind: 'categorical', categories: ['flat'], grouped: [] }, counts: [100, 0, 0] },
  ],
  score: { name: '(score)', bins: { kind: 'numeric', edges: [0.5] }, counts: [60, 40, 0] },
  segments: [
    {
      feature: 'colour',
      variables: [
        {
          name: 'height',
          counts: [
            [20, 20, 10, 0],
            [10, 10, 10, 0],
            [0, 10, 10, 0],
          ],
        },
        {
          name: 'shape',
          counts: [
            [50, 0, 0],
            [30, 0, 0],
            [20, 0, 0],
          ],
        },
        {
          name: '(score)',
          counts: [
            [40, 10, 0],
            [20, 10, 0],
            [0, 20, 0],
          ],
        },
      ],
    },
    {
      feature: 'shape',
      variables: [
        { name: 'colour', counts: [[0, 0, 0, 0, 0]] },
        { name: 'height', counts: [[30, 40, 30, 0]] },
        { name: '(score)', counts: [[60, 40, 0]] },
      ],
    },
  ],
};

const rows = fc.array(
  fc.record({
    colour: fc.constantFrom('red', 'blue', 'grey', 'never seen', null),
    height: fc.constantFrom(5, 10, 15, 25, null),
    shape: fc.constantFrom('flat', 'round', null),
    score: fc.constantFrom(0.2, 0.5, 0.9),
  }),
  { maxLength: 60 },
);
type Counted = { colour: string | null; height: number | null; shape: string | null; score: number };

/** The bin that a person would put a value into. */
const binsByHand: Record<string, (row: Counted) => string> = {
  colour: ({ colour }) =>
    colour === null ? 'missing' : ({ red: '= red', blue: '= blue', grey: 'other' }[colour] ?? 'unseen'),
  height: ({ height }) => {
    if (height === null) return 'missing';
    return height <= 10 ? '00 (-inf, 10]' : height <= 20 ? '01 (10, 20]' : '02 (20, +inf)';
  },
  shape: ({ shape }) => (shape === null ? 'missing' : shape === 'flat' ? '= flat' : 'unseen'),
  '(score)': ({ score }) => (score <= 0.5 ? '00 (-inf, 0.5]' : '01 (0.5, +inf)'),
};

/** All points of one metric: its labels, and its value. */
function pointsOf(source: ReturnType<typeof createModelMetrics>, name: string) {
  return source()
    .filter((metric) => metricName(metric) === name)
    .flatMap(({ dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ labels: attributes as Record<string, string>, value })),
    );
}

describe('the segments of a monitor', () => {
  it('are counted as by hand, and rows without a known category in none', () => {
    fc.assert(
      fc.property(rows, (batch) => {
        const monitor = createMonitor(reference);
        const metrics = createModelMetrics(monitor);
        for (const row of batch) monitor.observe(row, row.score);
        const points = pointsOf(metrics, 'model_segment_bin_observations_total');
        // colour: 3 segments of 4 + 3 + 3 bins; shape: 1 of 5 + 4 + 3
        assert.equal(points.length, 3 * 10 + 12);
        for (const { labels, value } of points) {
          const { model, version, segment_feature, segment, feature, bin } = labels;
          assert.deepEqual([model, version], ['m', '1']);
          assert.notEqual(feature, segment_feature);
          const expected = batch.filter(
            (row) => binsByHand[segment_feature](row) === segment && binsByHand[feature](row) === bin,
          );
          assert.equal(value, expected.length, JSON.stringify(labels));
        }
      }),
    );
  });

  it('tell their reference, and 0 of it where there is none', () => {
    const metrics = createModelMetrics(createMonitor(reference));
    const ratios = pointsOf(metrics, 'model_segment_reference_ratio');
    const samples = pointsOf(metrics, 'model_segment_reference_samples');
    const of = (points: typeof ratios, wanted: Record<string, string>) =>
      points.filter(({ labels }) => Object.entries(wanted).every(([key, value]) => labels[key] === value));
    assert.equal(ratios.length, 3 * 10 + 12);
    assert.equal(samples.length, 3 * 3 + 3);
    const red = { segment_feature: 'colour', segment: '= red', feature: 'height' };
    assert.deepEqual(
      of(samples, red).map(({ value }) => value),
      [50],
    );
    assert.deepEqual(
      of(ratios, red).map(({ value }) => value),
      [0.4, 0.4, 0.2, 0],
    );
    const flat = { segment_feature: 'shape', segment: '= flat', feature: 'colour' };
    assert.deepEqual(
      of(samples, flat).map(({ value }) => value),
      [0],
    );
    assert.deepEqual(
      of(ratios, flat).map(({ value }) => value),
      [0, 0, 0, 0, 0],
    );
  });

  it('do not exist for a model that names none', () => {
    const { segments: _, ...without } = reference;
    const monitor = createMonitor(without);
    monitor.observe({ colour: 'red', height: 1, shape: 'flat' }, 0.5);
    const metrics = createModelMetrics(monitor);
    for (const name of names) assert.deepEqual(pointsOf(metrics, name), []);
    assert.ok(createMonitor(reference).totals.length > monitor.totals.length);
  });

  it('take rare categories and new ones for the same within a segment where they are for all rows', () => {
    const shop = { kind: 'categorical', categories: ['a', 'b'], grouped: [] } as const;
    const name = { kind: 'categorical', categories: ['x', 'y'], grouped: ['z'] } as const;
    const score = { kind: 'numeric', edges: [] } as const;
    const halves = [
      [600, 200, 200, 0, 0],
      [600, 200, 180, 0, 20],
    ];
    const monitor = createMonitor({
      model: 'm',
      version: '1',
      features: [
        { name: 'shop', bins: shop, counts: [1000, 1000, 0, 0] },
        { name: 'name', bins: name, counts: [1200, 400, 380, 0, 20] },
      ],
      score: { name: '(score)', bins: score, counts: [2000, 0] },
      segments: [
        {
          feature: 'shop',
          variables: [
            { name: 'name', counts: halves },
            {
              name: '(score)',
              counts: [
                [1000, 0],
                [1000, 0],
              ],
            },
          ],
        },
      ],
    });
    for (let i = 0; i < 2000; i++) {
      // where the reference has rare names there are new ones
      monitor.observe({ shop: i % 2 ? 'a' : 'b', name: i % 10 < 6 ? 'x' : i % 10 < 8 ? 'y' : 'new' }, 0.5);
    }
    for (const { segment, variables } of liveSegments(monitor, '1h')) {
      const found = variables.find((variable) => variable.name === 'name');
      assert.ok((found?.psi ?? 1) < 0.01, `${segment.label}: PSI ${found?.psi}`);
    }
  });

  it('take 8.5 MB with the maximum number of counts', () => {
    const shops = Array.from({ length: 20 }, (_, i) => `shop ${i}`);
    const features = Array.from({ length: 44 }, (_, i) => ({
      name: `n${i}`,
      bins: { kind: 'numeric', edges: [1, 2, 3, 4, 5, 6, 7, 8, 9] } as const,
      counts: Array(11).fill(10),
    }));
    const shop = {
      name: 'shop',
      bins: { kind: 'categorical', categories: shops, grouped: [] } as const,
      counts: Array(22).fill(5),
    };
    const score = { ...features[0], name: '(score)' };
    const variables = [...features, score].map(({ name, counts }) => ({
      name,
      counts: shops.map(() => counts),
    }));
    const whole = { model: 'm', version: '1', features: [shop, ...features], score };
    const bytesOf = (made: Reference) => {
      // buffers that tests before have left must not be freed in between: that ends when the next collection begins
      collectGarbage();
      collectGarbage();
      const before = process.memoryUsage().arrayBuffers;
      const { totals } = createMonitor(made);
      return { counts: totals.length, bytes: process.memoryUsage().arrayBuffers - before };
    };
    const without = bytesOf(whole);
    const { counts, bytes } = bytesOf({ ...whole, segments: [{ feature: 'shop', variables }] });
    assert.equal(counts - without.counts, 9900);
    assert.ok(bytes - without.bytes < 8.5e6, `${bytes - without.bytes} bytes`);
  });

  it('are refused for a feature that has no categories', () => {
    const [first] = reference.segments ?? [];
    for (const feature of ['height', 'nothing']) {
      assert.throws(
        () => createMonitor({ ...reference, segments: [{ ...first, feature }] }),
        new RangeError(`segments: "${feature}" is not one of the categorical features`),
      );
    }
  });
});

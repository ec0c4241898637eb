import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { segmentList } from '../../src/http/home/segment-list.ts';
import { formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { type LiveSegment, liveSegments } from '../../src/monitor/live-segments.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import type { ReportSegment } from '../../src/report/compute/drift-report.ts';
import { driftReport } from '../report/run-command.ts';
import { openConnection, predictRequest } from '../support/connection.ts';
import { scorerOf, withWeights } from '../support/model-parts.ts';
import { plainBinOf } from '../support/plain-psi.ts';
import { eventually, seriesValue, startTestService, type TestService } from '../support/service.ts';

const model = 'models/credit.json';
const data = 'data/german-credit.csv';
type Row = { age: number; limit: number; history: string };

/** The training rows; those whose history is good are of old people, where it is asked for. */
async function trainingRows(areGoodOld: boolean): Promise<Row[]> {
  const [header, ...lines] = (await readFile(data, 'utf8')).trimEnd().split('\n');
  const places = ['age', 'limit', 'history'].map((name) => header.split(',').indexOf(name));
  return lines.map((line, i) => {
    const [age, limit, history] = places.map((place) => line.split(',')[place]);
    return {
      age: areGoodOld && history === 'good' ? 60 + (i % 15) : Number(age),
      limit: Number(limit),
      history,
    };
  });
}

async function send({ api }: TestService, rows: readonly unknown[]): Promise<void> {
  const connection = openConnection(api);
  for (const row of rows) {
    const { status, text } = await connection.send(predictRequest(JSON.stringify(row)));
    assert.equal(status, 200, text);
  }
  connection.close();
}

async function driftOf({ admin }: TestService) {
  const { windows, rule } = (await (await fetch(`${admin}/drift`)).json()) as any;
  const { features, segments } = windows['1h'] as {
    features: any[];
    segments: (Omit<LiveSegment, 'segment'> & { segment: string })[];
  };
  return { features, segments, rule, windows };
}

describe('the segments of a service', () => {
  let service: TestService;
  let rows: Row[];
  before(async () => {
    service = await startTestService({ LOG_LEVEL: 'silent', MODEL_PATH: model });
    rows = await trainingRows(true);
    await send(service, rows);
  });
  after(() => service?.stop());

  it('show a change within one of them that all requests together do not', async () => {
    const { features, segments, rule } = await driftOf(service);
    const age = features.find(({ name }) => name === 'age');
    assert.notEqual(age.verdict, 'drifting', `PSI ${age.psi}, ceiling ${age.psiNoiseCeiling}`);
    assert.deepEqual(Object.keys(age.bins[0]), ['label', 'reference', 'live']);
    const [worst, ...others] = segments;
    assert.deepEqual([worst.feature, worst.segment, worst.verdict], ['history', '= good', 'drifting']);
    assert.equal(worst.variables.find(({ name }) => name === 'age')?.verdict, 'drifting');
    assert.equal(worst.variables.find(({ name }) => name === 'limit')?.verdict, 'undetermined');
    assert.equal(worst.samples, 88);
    assert.deepEqual(worst.variables.map(({ name }) => name).sort(), ['(score)', 'age', 'limit']);
    assert.deepEqual(others.map(({ segment }) => segment).sort(), [
      '= critical',
      '= delayed',
      '= none',
      '= paid',
    ]);
    for (const { verdict } of others) assert.match(verdict, /^(stable|undetermined)$/);
    assert.equal(rule.segmentCeilingZ, 6);
  });

  it('are in the headline of the admin page if nothing else drifts', async () => {
    const page = await (await fetch(service.admin)).text();
    assert.match(
      page,
      /<h1 class="drifting">.*Drift in the last 24 hours where history is good: the score, age\.<\/h1>/,
    );
    assert.match(page, /<h2>Segments that changed in the last 24 hours<\/h2>/);
    assert.match(page, /where history is good: the score, age \(88 requests\)<\/li><\/ul>/);
  });

  it('are listed on it up to twenty, with how many there are besides', () => {
    const monitor = createMonitor({
      model: 'm',
      version: '1',
      features: [
        {
          name: 'shop',
          bins: {
            kind: 'categorical',
            categories: Array.from({ length: 22 }, (_, i) => `${i}`),
            grouped: [],
          },
          counts: [...Array(22).fill(500), 0, 0],
        },
      ],
      score: { name: '(score)', bins: { kind: 'numeric', edges: [0.5] }, counts: [5500, 5500, 0] },
      segments: [
        { feature: 'shop', variables: [{ name: '(score)', counts: Array(22).fill([250, 250, 0]) }] },
      ],
    });
    for (let i = 0; i < 22 * 300; i++) monitor.observe({ shop: `${i % 22}` }, 0.9);
    const list = segmentList(liveSegments(monitor, '1h'), 'last hour');
    assert.ok(list);
    assert.equal(list.html.match(/<li>/g)?.length, 20);
    assert.match(
      list.html,
      /where shop is \d+: the score \(300 requests\)<\/li><\/ul>\n<p>and 2 others<\/p>$/,
    );
  });

  it('have the counts of a recount by hand, as metrics', async () => {
    const {
      features,
      output: { score },
    } = await loadArtifact(model);
    const scorer = scorerOf(await loadArtifact(model));
    const text = await (await fetch(`${service.admin}/metrics`)).text();
    const edgesOf = (name: string) => {
      const feature = features.find((each) => each.name === name);
      return feature?.kind === 'numeric' ? feature.reference.edges : score.reference.edges;
    };
    const valuesOf = { age: (row: Row) => row.age, limit: (row: Row) => row.limit, '(score)': scorer };
    let cells = 0;
    for (const [feature, read] of Object.entries(valuesOf)) {
      const edges = edgesOf(feature);
      const binOf = plainBinOf(edges);
      for (const history of ['none', 'paid', 'good', 'critical', 'delayed']) {
        const labels = { segment_feature: 'history', segment: `= ${history}`, feature };
        const inSegment = rows.filter((row) => row.history === history);
        for (let bin = 0; bin <= edges.length; bin++) {
          const expected = inSegment.filter((row) => binOf(read(row)) === bin).length;
          const number = String(bin).padStart(2, '0');
          const said: number = seriesStarting(
            text,
            'model_segment_bin_observations_total',
            labels,
            `bin="${number} `,
          );
          assert.equal(said, expected, `${feature} ${bin} of ${history}`);
          cells++;
        }
        assert.equal(
          seriesValue(text, 'model_segment_bin_observations_total', { ...labels, bin: 'missing' }),
          0,
        );
        // these are the training rows
        assert.equal(seriesValue(text, 'model_segment_reference_samples', labels), inSegment.length);
      }
    }
    assert.equal(cells, 5 * 30);
    assert.equal(text.match(/^model_segment_bin_observations_total\{/gm)?.length, cells + 15);
    assert.equal(text.match(/^model_segment_reference_ratio\{/gm)?.length, cells + 15);
  });

  for (const [against, reference] of [
    ['the training rows', ['--reference', data]],
    ['what the model holds of them', []],
  ] as const) {
    it(`are those of npm run drift -- --by against ${against}`, async () => {
      const { segments } = await driftOf(service);
      await eventually(async () => {
        const lines = (await readFile(service.samplesPath, 'utf8')).trimEnd().split('\n');
        assert.equal(lines.length, rows.length);
      });
      const args = ['--model', model, ...reference, '--live', service.samplesPath, '--by', 'history'];
      const report = await driftReport(...args);
      const reported: readonly ReportSegment[] = report.segments?.segments ?? [];
      assert.deepEqual(
        reported.map(({ value, verdict }) => [`= ${value}`, verdict]),
        segments.map(({ segment, verdict }) => [segment, verdict]),
      );
      for (const [i, { variables, samples }] of segments.entries()) {
        const said = reported[i];
        assert.equal(samples, said.samples);
        for (const [v, variable] of variables.entries()) {
          const same = said.variables[v];
          assert.equal(variable.name, same.name);
          assert.equal(variable.verdict, same.verdict);
          assert.equal(variable.referenceSamples, same.referenceSamples);
          assert.deepEqual(variable.rankTrend, same.rankTrend);
          for (const figure of ['psi', 'psiNoiseCeiling', 'effect'] as const) {
            const difference = Math.abs((variable[figure] ?? Number.NaN) - (same[figure] ?? Number.NaN));
            // training rounds the effects of bins
            assert.ok(difference < (figure === 'effect' ? 1e-5 : 1e-9), `${variable.name}: ${figure}`);
          }
        }
      }
    });
  }

  it('exclude requests whose category is missing or unseen', async () => {
    const {
      sensitive: _,
      version: __,
      ...content
    } = withWeights(await loadArtifact(model), (weights) =>
      weights.name === 'history' ? { ...weights, missingLogOdds: 0 } : weights,
    );
    const features = content.features.map((feature) =>
      feature.name === 'history' ? { ...feature, nullable: true } : feature,
    );
    // a sensitive feature may have segments: only counts of rows are told
    const path = join(service.folder, 'sensitive.json');
    await writeFile(path, formatArtifact(sealArtifact({ ...content, features, sensitive: ['history'] })));
    const other = await startTestService({ LOG_LEVEL: 'silent', MODEL_PATH: path });
    try {
      const row = { age: 30, limit: 2000 };
      await send(other, [
        { ...row, history: 'paid' },
        { ...row, history: null },
        { ...row, history: 'never seen' },
      ]);
      const { segments, features: whole } = await driftOf(other);
      assert.equal(whole[0].samples, 3);
      assert.deepEqual(Object.fromEntries(segments.map(({ segment, samples }) => [segment, samples])), {
        '= none': 0,
        '= paid': 1,
        '= good': 0,
        '= critical': 0,
        '= delayed': 0,
      });
      const samples = await eventually(async () => {
        const text = await readFile(other.samplesPath, 'utf8');
        assert.equal(text.trimEnd().split('\n').length, 3);
        return text;
      });
      assert.doesNotMatch(samples, /paid|never seen/);
    } finally {
      await other.stop();
    }
  });

  it('are none of a model that names none, which replaces it', async () => {
    const path = join(service.folder, 'without.json');
    const { segments: _, version: __, ...content } = await loadArtifact(model);
    await writeFile(path, await readFile(model, 'utf8'));
    const other = await startTestService({ MODEL_PATH: path });
    try {
      const without = sealArtifact(content);
      await writeFile(path, formatArtifact(without));
      other.process.kill('SIGHUP');
      await eventually(() => {
        const done = other.logLines().find(({ event }) => event === 'reload');
        assert.equal(done?.version, without.version);
      });
      await send(other, [{ age: 30, limit: 2000, history: 'paid' }]);
      const text = await (await fetch(`${other.admin}/metrics`)).text();
      assert.ok(seriesValue(text, 'model_feature_reference_samples', { version: without.version }));
      assert.equal(
        seriesValue(text, 'model_segment_reference_samples', { version: without.version }),
        undefined,
      );
      assert.deepEqual((await driftOf(other)).segments, []);
    } finally {
      await other.stop();
    }
  });
});

/** The value of the one series whose labels hold these, and whose bin begins so. */
function seriesStarting(text: string, name: string, labels: Record<string, string>, bin: string): number {
  const wanted = [...Object.entries(labels).map(([key, value]) => `${key}="${value}"`), bin];
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)));
  assert.equal(lines.length, 1, `${name} ${wanted.join()}`);
  return Number(lines[0].slice(lines[0].lastIndexOf(' ') + 1));
}

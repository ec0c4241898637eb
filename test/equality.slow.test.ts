import assert from 'node:assert/strict';
import { loadArtifact, scoreFeature } from '../src/model/artifact.ts';
import type { ScoreShift } from '../src/predictors/explanation.ts';
import type { DriftReport, ReportVariable } from '../src/report/compute/drift-report.ts';
import { createRandom } from '../src/stats/random.ts';
import { drawFromReference } from '../src/traffic/reference-rows.ts';
import { matchers, type Query, runRuleTest } from './otel/support/promtool.ts';
import type { Series } from './otel/support/series.ts';
import { driftReport, featureOf, runCommand } from './report/run-command.ts';
import { openConnection, predictRequest } from './support/connection.ts';
import { plainBinOf, plainPsi } from './support/plain-psi.ts';
import { readJsonLines, startTestService, type TestService } from './support/service.ts';
import { requireTool } from './support/tools.ts';

const model = 'models/credit.json';
const requests = 2000;
const workers = 8;
/** In the order of the numbers that are recorded for them. */
const verdicts = ['stable', 'undetermined', 'moved', 'drifting'];

/** What `/drift` says of a variable; named as in the report. */
type Live = Omit<ReportVariable, 'kolmogorovSmirnov' | 'missing' | 'unseen' | 'outsideRange'> & {
  readonly kolmogorovSmirnov: number | null;
  /** Shares here, counts in the report. */
  readonly missing: number;
  readonly unseen: number;
  readonly outsideRange: number;
};

/** Traffic in which ages have moved, beyond the range too, and a category is new. */
async function sendTraffic({ api }: TestService): Promise<void> {
  const artifact = await loadArtifact(model);
  const random = createRandom(11);
  const draw = drawFromReference(artifact, random);
  const rows = Array.from({ length: requests }, (_, i) => {
    const row = draw();
    return { ...row, age: Number(row.age) + (i % 3) * 6, history: i % 25 === 0 ? 'never seen' : row.history };
  });
  let next = 0;
  await Promise.all(
    Array.from({ length: workers }, async () => {
      const connection = openConnection(api);
      while (next < rows.length) {
        const { status, text } = await connection.send(predictRequest(JSON.stringify(rows[next++])));
        assert.equal(status, 200, text);
      }
      connection.close();
    }),
  );
}

async function lastHour({ admin }: TestService) {
  const { windows } = (await (await fetch(`${admin}/drift`)).json()) as {
    windows: Record<string, { features: Live[]; score: Live; scoreShift: ScoreShift }>;
  };
  return windows['1h'];
}

/** Each feature moves the score as much here as there. */
function assertSameShift(shift: ScoreShift, report: DriftReport): void {
  assert.equal(shift.features.length, report.features.length);
  for (const { name, shift: moved } of shift.features) {
    close(featureOf(report, name).logOddsChange, moved, `shift of the score by ${name}`);
  }
}

/** Series that bring within an hour, evenly, what was counted. */
function regularSeries(exposition: string): Series[] {
  const wanted =
    /^(model_feature_(?:bin_observations_total|reference_ratio|reference_samples|reference_mid_rank|bin_effect))\{(.*)\} (\S+)$/;
  return exposition.split('\n').flatMap((line) => {
    const [, metric, labelText, value] = wanted.exec(line) ?? [];
    if (metric === undefined) return [];
    const labels = Object.fromEntries(
      [...labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, text]) => [name, text]),
    );
    const values = metric.endsWith('_total') ? `0+${Number(value) / 60}x120` : `${value}x120`;
    return [{ metric, labels: { ...labels, job: 'vigia', instance: '10.0.0.1:9464' }, values }];
  });
}

/** The bin of a category: in the order of the list, then missing, and unseen as the last one. */
function categoryBinOf(categories: readonly string[], bins: number): (value: unknown) => number {
  return (value) => {
    const known = categories.indexOf(String(value));
    return known === -1 ? bins - 1 : known;
  };
}

function close(actual: number | null, expected: number | null, what: string): void {
  assert.ok(
    actual !== null && expected !== null && Math.abs(actual - expected) <= 1e-9,
    `${what}: ${actual}, not ${expected}`,
  );
}

describe('drift of the same requests', () => {
  let service: TestService | undefined;
  let live: Map<string, Live>;
  let shift: ScoreShift;
  let exposition: string;
  let report: DriftReport;
  let samplesPath: string;

  before(async () => {
    service = await startTestService({ LOG_LEVEL: 'silent' });
    await sendTraffic(service);
    const { features, score, scoreShift } = await lastHour(service);
    live = new Map([...features, score].map((each) => [each.name, each]));
    shift = scoreShift;
    exposition = await (await fetch(`${service.admin}/metrics`)).text();
    await service.signal('SIGTERM');
    samplesPath = service.samplesPath;
    report = await driftReport('--model', model, '--live', service.samplesPath);
  });

  after(async () => {
    await service?.stop();
  });

  it('is equal in the service and in the report', () => {
    assert.equal(report.live.samples, requests);
    const variables = [...report.features, ...(report.score === null ? [] : [report.score])];
    assert.deepEqual(variables.map(({ name }) => name).sort(), [...live.keys()].sort());
    for (const variable of variables) {
      const { name } = variable;
      const same = live.get(name);
      assert.ok(same !== undefined);
      assert.equal(variable.samples, requests);
      assert.deepEqual(variable.bins, same.bins);
      close(variable.psi, same.psi, `PSI of ${name}`);
      close(variable.psiNoiseCeiling, same.psiNoiseCeiling, `noise ceiling of ${name}`);
      close(variable.effect, same.effect, `effect of ${name}`);
      close(variable.jensenShannonDistance, same.jensenShannonDistance, `distance of ${name}`);
      if (variable.kind === 'numeric') {
        close(variable.kolmogorovSmirnov?.statistic ?? null, same.kolmogorovSmirnov, `KS of ${name}`);
        close(
          variable.rankTrend?.probability ?? null,
          same.rankTrend?.probability ?? null,
          `trend of ${name}`,
        );
        close(variable.rankTrend?.z ?? null, same.rankTrend?.z ?? null, `z of ${name}`);
      }
      for (const what of ['missing', 'unseen', 'outsideRange'] as const) {
        close(variable[what] / requests, same[what], `${what} of ${name}`);
      }
      assert.equal(variable.verdict, same.verdict);
    }
    assertSameShift(shift, report);
    assert.ok(shift.features.some((each) => Math.abs(each.shift) > 0.05));
    assert.equal(report.features[0].verdict, 'drifting');
    assert.ok(live.has(scoreFeature));
  });

  it('is none, in the service and in the report, once these requests are the reference', async () => {
    const rebased = `${samplesPath}.model.json`;
    const accepted = ['--accepted-by', 'A. Person', '--reason', 'a campaign'];
    const { code, stderr } = await runCommand('rebaseline', [
      ...['--model', model, '--live', samplesPath, '--out', rebased],
      ...accepted,
    ]);
    assert.equal(code, 0, stderr);
    const again = await startTestService({ LOG_LEVEL: 'silent', MODEL_PATH: rebased });
    try {
      await sendTraffic(again);
      const { features, scoreShift } = await lastHour(again);
      await again.signal('SIGTERM');
      assertSameShift(scoreShift, await driftReport('--model', rebased, '--live', again.samplesPath));
      for (const each of scoreShift.features) close(each.shift, 0, `shift of the score by ${each.name}`);
      for (const { name, verdict } of features) assert.equal(verdict, 'stable', name);
    } finally {
      await again.stop();
    }
  });

  it('equals counting the rows of the samples by hand', async () => {
    const {
      features,
      output: { score },
    } = await loadArtifact(model);
    const rows = await readJsonLines(samplesPath);
    assert.equal(rows.length, requests);
    const variables = [...features, { name: scoreFeature, kind: 'numeric' as const, ...score }];
    for (const variable of variables) {
      const { name, reference } = variable;
      const binOf =
        'edges' in reference
          ? plainBinOf(reference.edges)
          : categoryBinOf('categories' in variable ? variable.categories : [], reference.counts.length);
      const values = rows.map((row) => (name === scoreFeature ? row.score : row.features[name]));
      const { counts, psi } = plainPsi(reference.counts, values, binOf);
      const reported = [...report.features, report.score].find((each) => each?.name === name);
      for (const said of [reported, live.get(name)]) {
        assert.ok(said);
        assert.deepEqual(
          said.bins.map((bin) => bin.live),
          counts,
          name,
        );
        close(said.psi, psi, `PSI of ${name}`);
      }
    }
  });

  it('is equal in PromQL, from the counts that were scraped', async function () {
    const promtool = requireTool(this, 'promtool');
    const { name, version } = report.model ?? assert.fail('the report names the model');
    const queries = [...live.values()].flatMap(
      ({ name: feature, psi, psiNoiseCeiling, rankTrend, verdict, effect }): Query[] => {
        const selector = `{${matchers({ model: name, version, feature, window: '1h' })}}`;
        return [
          ['model_feature:psi', psi] as const,
          ['model_feature:psi_noise_ceiling', psiNoiseCeiling] as const,
          ['model_feature:observations:increase', requests] as const,
          ['model_feature_window:verdict', verdicts.indexOf(verdict)] as const,
          ['model_feature:effect', effect] as const,
          ...(rankTrend === null
            ? []
            : [
                ['model_feature:rank_trend', rankTrend.probability] as const,
                ['model_feature:rank_trend:z', rankTrend.z] as const,
              ]),
        ].map(([metric, value]) => ({
          at: '90m',
          expr: `abs(${metric}${selector} - ${value}) <= bool 1e-6`,
          samples: [{ labels: selector, value: 1 }],
        }));
      },
    );
    assert.equal(queries.length, 5 * 4 + 2 * 3);
    await runRuleTest(promtool, {
      name: 'counts of real requests',
      files: ['model-drift'],
      pace: 'minute',
      series: regularSeries(exposition),
      queries,
    });
  });
});

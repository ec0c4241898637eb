import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { driftReport, featureOf, runCommand } from '../report/run-command.ts';
import { eventually, postJson, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const scored = 'test/profile/fixtures/scored.csv';
const expected = JSON.parse(readFileSync('test/profile/fixtures/scored.json', 'utf8'));

/** The rows of the fixture as a service in front of the model would report them. */
function observations() {
  const [header, ...lines] = readFileSync(scored, 'utf8').trim().split('\n');
  const columns = header.split(',');
  return lines.map((line) => {
    const row = Object.fromEntries(line.split(',').map((cell, i) => [columns[i], cell]));
    const number = (text: string) => (text === '' ? null : Number(text));
    return {
      features: {
        tenure: number(row.tenure),
        monthly: number(row.monthly),
        contract: row.contract,
        payment: row.payment === '' ? null : row.payment,
        senior: number(row.senior),
      },
      score: Number(row.p_churn),
      prediction: row.label,
      key: row.customerID,
      outcome: row.churned,
    };
  });
}

const withoutOutcome = ({ outcome: _, ...observation }: ReturnType<typeof observations>[number]) =>
  observation;

describe('a model that is only watched', () => {
  const rows = observations();
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let model: string;
  let artifact: Artifact;
  before(async () => {
    folder = await temporaryFolder();
    model = join(folder.path, 'churn.json');
    const { code, stderr } = await runCommand('profile', [
      ...['--data', scored, '--name', 'churn', '--exclude', 'customerID,signup_date', '--score', 'p_churn'],
      ...['--prediction', 'label', '--target', 'churned', '--positive', 'yes'],
      ...['--segments', 'contract', '--protected', 'contract', '--out', model],
    ]);
    assert.equal(code, 0, stderr);
    artifact = await loadArtifact(model);
  });
  after(() => folder?.[Symbol.asyncDispose]());

  describe('by the file of rows with outcomes', () => {
    let service: TestService;
    let samples: string;
    let outcomes: string;
    before(async () => {
      service = await startTestService({ MODEL_PATH: model });
      samples = join(folder.path, 'samples.jsonl');
      outcomes = join(folder.path, 'outcomes.jsonl');
    });
    after(() => service?.stop());

    const get = async (path: string) => (await fetch(`${service.admin}${path}`)).json() as Promise<any>;

    it('predicts nothing itself', async () => {
      const { status, body } = await postJson(`${service.api}/predict`, rows[0].features);
      assert.deepEqual([status, body.type], [409, 'urn:vigia:problem:watched-only']);
    });

    it('sees no drift in rows like its own, and finds what has moved', async () => {
      const { body } = await postJson(`${service.admin}/observations`, rows.map(withoutOutcome));
      assert.equal(body.accepted, rows.length);
      const still = (await get('/drift')).windows['1h'];
      assert.deepEqual(
        [...still.features, still.score].filter(({ verdict }) => verdict === 'drifting'),
        [],
      );
      assert.equal(still.scoreShift, null);

      const taken = await postJson(
        `${service.admin}/outcomes`,
        rows.map(({ outcome }, i) => ({ id: body.ids[i], outcome })),
      );
      assert.equal(taken.body.accepted, rows.length);
      await eventually(async () => {
        const [{ sinceStart, evaluation }] = (await get('/performance')).models;
        const { realised, estimated } = sinceStart;
        assert.equal(realised.accuracy.value, expected.figures.accuracy);
        assert.ok(Math.abs(realised.brier - expected.figures.brier) < 1e-9);
        assert.ok(Math.abs(realised.rocAuc.value - expected.figures.rocAuc) <= realised.rocAuc.maxError);
        // on the rows that it was made from
        assert.ok(Math.abs(estimated.accuracy.value - expected.figures.accuracy) < 0.02);
        assert.ok(Math.abs(estimated.rocAuc.value - expected.figures.rocAuc) < 0.01);
        assert.equal(estimated.trust.isTrusted, true);
        assert.deepEqual(evaluation.rocAuc, artifact.evaluation?.rocAuc);
      });

      const moved = rows.map(({ features, ...row }) => ({
        ...row,
        features: { ...features, tenure: (features.tenure ?? 0) + 40 },
      }));
      for (let i = 0; i < 3; i++) {
        await postJson(`${service.admin}/observations`, moved.map(withoutOutcome));
      }
      const [first] = (await get('/drift')).windows['1h'].features;
      assert.deepEqual([first.name, first.verdict], ['tenure', 'drifting']);
      const exposed = await (await fetch(`${service.admin}/metrics`)).text();
      const labels = { model: 'churn', version: artifact.version, prediction: 'yes' };
      const predicted = rows.filter(({ prediction }) => prediction === 'yes').length;
      assert.equal(seriesValue(exposed, 'model_predictions_total', labels), 4 * predicted);
    });

    it('is reported on, evaluated and rebaselined from its files', async () => {
      await eventually(() => copyFile(service.outcomesPath, outcomes));
      await service.signal('SIGTERM');
      await copyFile(service.samplesPath, samples);
      const report = await driftReport('--model', model, '--live', samples, '--backtest');
      assert.equal(report.verdict, 'drifting');
      assert.equal(featureOf(report, 'tenure').verdict, 'drifting');
      assert.equal(featureOf(report, 'monthly').verdict, 'stable');

      const evaluated = await runCommand('evaluate', [
        ...['--model', model, '--outcomes', outcomes, '--live', samples, '--json', '--by', 'contract'],
      ]);
      assert.equal(evaluated.code, 0, evaluated.stderr);
      const { samples: count, rocAuc, brier } = JSON.parse(evaluated.stdout);
      assert.equal(count, rows.length);
      assert.ok(Math.abs(rocAuc - expected.figures.rocAuc) < 1e-9);
      assert.ok(Math.abs(brier - expected.figures.brier) < 1e-9);

      const out = join(folder.path, 'rebased.json');
      const rebased = await runCommand('rebaseline', [
        ...[
          '--model',
          model,
          '--live',
          samples,
          '--accepted-by',
          'ana',
          '--reason',
          'older customers',
          '--out',
          out,
        ],
      ]);
      assert.equal(rebased.code, 0, rebased.stderr);
      const { version, features, evaluation, rebaseline } = await loadArtifact(out);
      assert.equal(rebaseline?.replaces, artifact.version);
      assert.deepEqual(evaluation, artifact.evaluation);
      const [tenure] = features;
      assert.ok(tenure.kind === 'numeric' && tenure.summary.max > 100 && tenure.reference.effects?.length);
      const newer = (await readFile(samples, 'utf8')).replaceAll(artifact.version, version);
      await writeFile(samples, newer);
      const after = await driftReport('--model', out, '--live', samples);
      assert.equal(featureOf(after, 'tenure').verdict, 'stable');
    });

    it('cannot be evaluated on a table that it would have to score', async () => {
      const { code, stderr } = await runCommand('evaluate', ['--model', model, '--data', scored]);
      assert.equal(code, 1);
      assert.match(stderr, /^[^\n]*churn\.json: says nothing of how the model computes, [^\n]*\n$/);
    });
  });

  it('has no figures that need outcomes by the file of rows without, and says so', async () => {
    const unlabelled = join(folder.path, 'unlabelled.json');
    const { code, stderr } = await runCommand('profile', [
      ...['--data', scored, '--name', 'churn', '--exclude', 'customerID,signup_date,churned'],
      ...['--score', 'p_churn', '--prediction', 'label', '--positive', 'yes', '--out', unlabelled],
    ]);
    assert.equal(code, 0, stderr);
    const service = await startTestService({ MODEL_PATH: unlabelled });
    try {
      const { body } = await postJson(`${service.admin}/observations`, rows.map(withoutOutcome));
      assert.equal(body.accepted, rows.length);
      const taken = await postJson(
        `${service.admin}/outcomes`,
        rows.map(({ outcome }, i) => ({ id: body.ids[i], outcome })),
      );
      assert.equal(taken.body.accepted, rows.length);
      await eventually(async () => {
        const response = await fetch(`${service.admin}/performance`);
        const [{ sinceStart, evaluation, comparedWith }] = ((await response.json()) as any).models;
        assert.ok(Math.abs(sinceStart.realised.brier - expected.figures.brier) < 1e-9);
        assert.deepEqual([sinceStart.estimated, sinceStart.calibration], [null, null]);
        assert.deepEqual([evaluation, comparedWith], [null, null]);
      });
      const drift = (await (await fetch(`${service.admin}/drift`)).json()) as any;
      assert.equal(drift.windows['1h'].score.verdict, 'stable');
      const report = await driftReport('--model', unlabelled, '--live', service.samplesPath);
      assert.equal(report.verdict, 'stable');
      const html = join(folder.path, 'unlabelled.html');
      await runCommand('drift', ['--model', unlabelled, '--live', service.samplesPath, '--html', html]);
      const page = await readFile(html, 'utf8');
      assert.match(page, /Its reference is the finished model on the reference rows/);
      assert.doesNotMatch(page, /shares of predicted classes are those/, 'there are none to compare with');
    } finally {
      await service.stop();
    }
  });
});

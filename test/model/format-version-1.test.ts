import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type Artifact, formatArtifact, loadArtifact } from '../../src/model/artifact.ts';
import { contentDigest } from '../../src/model/artifact-version.ts';
import { featureBins } from '../../src/model/features.ts';
import { createScorer } from '../../src/predictors/logistic/score.ts';
import { binLabels } from '../../src/stats/binning.ts';
import { measureDrift } from '../../src/stats/drift.ts';
import { driftReport, runCommand } from '../report/run-command.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';

/** A model as it was written before there was a format version 2, with fifty score bins of equal width. */
const path = 'test/model/fixtures/credit-v1.json';
const row = { age: 30, limit: 2000, history: 'good' };

describe('a model file of format version 1', function () {
  this.timeout(60_000);
  let artifact: Artifact;
  let service: TestService;
  before(async () => {
    artifact = await loadArtifact(path);
    service = await startTestService({ MODEL_PATH: path, OUTCOME_KEYS: 'a key of at least 16 characters' });
  });
  after(() => service.stop());

  it('keeps its name, version, digest and bytes', async () => {
    assert.equal(artifact.formatVersion, 1);
    assert.equal(artifact.name, 'credit');
    assert.equal(artifact.version, '26800e6a9b4c');
    assert.equal(contentDigest(artifact), '26800e6a9b4c5900be106cc2145533c0a5ec92f460378307184dd47e1bbb6fc8');
    assert.equal(formatArtifact(artifact), await readFile(path, 'utf8'));
  });

  it('keeps its bins and its scores', () => {
    assert.equal(artifact.score.bins.counts.length, 50);
    assert.deepEqual(
      artifact.features.map(({ reference }) => reference.counts.length),
      [11, 11, 7],
    );
    assert.equal(createScorer(artifact)(row), 0.2823336968171591);
  });

  it('keeps the labels of its bins and its verdicts', () => {
    const [age] = artifact.features;
    const bins = featureBins(age);
    assert.deepEqual(binLabels(bins), [
      ...['00 (-inf, 23]', '01 (23, 26]', '02 (26, 28]', '03 (28, 30]', '04 (30, 33]', '05 (33, 36]'],
      ...['06 (36, 39]', '07 (39, 45]', '08 (45, 52]', '09 (52, +inf)', 'missing'],
    ]);
    const drift = measureDrift(bins, age.reference.counts, [20, 40, 60, 80, 100, 60, 50, 40, 30, 20, 0]);
    assert.ok(Math.abs((drift.psi ?? 0) - 0.2950092915288466) < 1e-12);
    assert.ok(Math.abs((drift.psiNoiseCeiling ?? 0) - 0.1285770588247164) < 1e-12);
    assert.equal(drift.verdict, 'drifting');
  });

  it('answers, is watched, takes outcomes, is evaluated and rebaselined', async () => {
    const outcomes: { id: string; outcome: string }[] = [];
    for (let i = 0; i < 120; i++) {
      const { status, body } = await postJson(`${service.api}/predict`, { ...row, age: 25 + (i % 40) });
      assert.equal(status, 200);
      assert.deepEqual(body.model, { name: 'credit', version: '26800e6a9b4c' });
      outcomes.push({ id: body.id, outcome: i % 4 === 0 ? 'bad' : 'good' });
    }
    const { body } = await postJson(`${service.admin}/outcomes`, outcomes);
    assert.equal(body.accepted, 120);

    const drift = (await (await fetch(`${service.admin}/drift`)).json()) as any;
    assert.equal(drift.windows['1h'].score.samples, 120);
    const { models } = (await (await fetch(`${service.admin}/performance`)).json()) as any;
    assert.equal(models[0].sinceStart.realised.samples, 120);
    assert.ok(models[0].sinceStart.estimated.rocAuc.value > 0.4);

    await service.signal('SIGTERM');
    const report = await driftReport('--model', path, '--live', service.samplesPath);
    assert.deepEqual(report.model, { name: 'credit', version: '26800e6a9b4c' });
    const evaluated = await runCommand('evaluate', [
      ...['--model', path, '--outcomes', service.outcomesPath, '--samples', service.samplesPath, '--json'],
    ]);
    assert.equal(evaluated.code, 0, evaluated.stderr);
    assert.equal(JSON.parse(evaluated.stdout).samples, 120);

    const out = `${service.folder}/rebased.json`;
    const rebased = await runCommand('rebaseline', [
      ...['--model', path, '--live', service.samplesPath, '--out', out],
      ...['--by', 'A. Person', '--reason', 'another region'],
    ]);
    assert.equal(rebased.code, 0, rebased.stderr);
    const { score, calibration, rebaseline } = await loadArtifact(out);
    assert.deepEqual(score.bins, artifact.score.bins);
    assert.deepEqual(calibration, artifact.calibration);
    assert.equal(rebaseline?.replaces, '26800e6a9b4c');
  });
});

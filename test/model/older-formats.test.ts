import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { type Artifact, formatArtifact, loadArtifact, parseArtifact } from '../../src/model/artifact.ts';
import { contentDigest } from '../../src/model/artifact-version.ts';
import { featureBins } from '../../src/model/features.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';
import { binLabels } from '../../src/stats/binning.ts';
import { measureDrift } from '../../src/stats/drift.ts';
import { driftReport, runCommand } from '../report/run-command.ts';
import { learntOf, scorerOf } from '../support/model-parts.ts';
import { postJson, startTestService, type TestService } from '../support/service.ts';

/** Models as they were written before a file said what a model puts out, and how it computes, in parts of their own. */
const olderFiles = [
  {
    title: 'format version 1, with fifty score bins of equal width',
    path: 'test/model/fixtures/credit-v1.json',
    digest: '26800e6a9b4c5900be106cc2145533c0a5ec92f460378307184dd47e1bbb6fc8',
    score: 0.2823336968171591,
    age: [
      ...['00 (-inf, 23]', '01 (23, 26]', '02 (26, 28]', '03 (28, 30]', '04 (30, 33]', '05 (33, 36]'],
      ...['06 (36, 39]', '07 (39, 45]', '08 (45, 52]', '09 (52, +inf)', 'missing'],
    ],
  },
  {
    title: 'format version 2 as it was at first',
    path: 'test/model/fixtures/credit-v2-flat.json',
    digest: '1a82b4bcb422da2db1f40a9507f0ec7d752b661b0bc97a60d2cd72808f6aad18',
    score: 0.28602778862866796,
    age: [
      ...['00 (-inf, 23.5]', '01 (23.5, 26.5]', '02 (26.5, 28.5]', '03 (28.5, 30.5]', '04 (30.5, 33.5]'],
      ...['05 (33.5, 36.5]', '06 (36.5, 39.5]', '07 (39.5, 45.5]', '08 (45.5, 52.5]', '09 (52.5, +inf)'],
      'missing',
    ],
  },
];
const row = { age: 30, limit: 2000, history: 'good' };
const key = 'a key of at least 16 characters';

for (const { title, path, digest, score, age } of olderFiles) {
  describe(`a model file of ${title}`, () => {
    const version = digest.slice(0, 12);
    let artifact: Artifact;
    let service: TestService;
    before(async () => {
      artifact = await loadArtifact(path);
      service = await startTestService({ MODEL_PATH: path, OUTCOME_KEYS: key });
    });
    after(() => service.stop());

    it('keeps its name, version, digest and bytes', async () => {
      assert.equal(artifact.name, 'credit');
      assert.equal(artifact.version, version);
      assert.equal(contentDigest(artifact), digest);
      assert.equal(formatArtifact(artifact), await readFile(path, 'utf8'));
    });

    it('is of today’s format in memory', () => {
      assert.equal(artifact.formatVersion, 2);
      const { kind, column, positive, negative } = artifact.output;
      assert.deepEqual(
        { kind, column, positive, negative },
        {
          kind: 'binary',
          column: 'outcome',
          positive: 'bad',
          negative: 'good',
        },
      );
      assert.equal(artifact.predictor?.kind, 'logistic');
      assert.equal(learntOf(artifact).evaluation.protocol.kind, 'cross-validation');
    });

    it('is refused when a single digit was changed, or a field is missing', async () => {
      const text = await readFile(path, 'utf8');
      const tampered = text.replace(/("intercept": -0\.\d)\d/, '$17');
      assert.notEqual(tampered, text);
      assert.throws(() => parseArtifact(tampered, 'm.json'), {
        message: /^m\.json: version: is [0-9a-f]{12}, but the content hashes to [0-9a-f]{12}/,
      });
      for (const field of ['target', 'threshold', 'score', 'calibration', 'features', 'evaluation']) {
        const { [field]: _, ...rest } = JSON.parse(text);
        assert.throws(() => parseArtifact(JSON.stringify(rest), 'm.json'), /^Error: m\.json: /, field);
      }
    });

    it('keeps its bins and its scores', () => {
      assert.equal(learntOf(artifact).bins.counts.length, 50);
      assert.deepEqual(
        artifact.features.map(({ reference }) => reference.counts.length),
        [11, 11, 7],
      );
      assert.equal(scorerOf(artifact)(row), score);
    });

    it('keeps the labels of its bins', () => {
      assert.deepEqual(binLabels(featureBins(artifact.features[0])), age);
    });

    it('accepts outcomes of ids that were issued under it', async () => {
      const tokens = createTokens([Buffer.from(key)]);
      const id = tokens.sign(digestModel({ name: 'credit', version }), Date.now() - 86_400_000, 0.3, 0);
      const { body } = await postJson(`${service.admin}/outcomes`, [{ id, outcome: 'good' }]);
      assert.equal(body.accepted, 1);
    });

    it('answers, is watched, takes outcomes, is evaluated and rebaselined', async () => {
      const outcomes: { id: string; outcome: string }[] = [];
      for (let i = 0; i < 120; i++) {
        const { status, body } = await postJson(`${service.api}/predict`, { ...row, age: 25 + (i % 40) });
        assert.equal(status, 200);
        assert.deepEqual(body.model, { name: 'credit', version });
        outcomes.push({ id: body.id, outcome: i % 4 === 0 ? 'bad' : 'good' });
      }
      const { body } = await postJson(`${service.admin}/outcomes`, outcomes);
      assert.equal(body.accepted, 120);

      const drift = (await (await fetch(`${service.admin}/drift`)).json()) as any;
      assert.equal(drift.windows['1h'].score.samples, 120);
      const { models } = (await (await fetch(`${service.admin}/performance`)).json()) as any;
      assert.equal(models[0].sinceStart.realised.samples, 121);
      assert.ok(models[0].sinceStart.estimated.rocAuc.value > 0.4);

      await service.signal('SIGTERM');
      const report = await driftReport('--model', path, '--live', service.samplesPath);
      assert.deepEqual(report.model, { name: 'credit', version });
      const evaluated = await runCommand('evaluate', [
        ...['--model', path, '--outcomes', service.outcomesPath, '--live', service.samplesPath, '--json'],
      ]);
      assert.equal(evaluated.code, 0, evaluated.stderr);
      assert.equal(JSON.parse(evaluated.stdout).samples, 121);

      const out = `${service.folder}/rebased.json`;
      const rebased = await runCommand('rebaseline', [
        ...['--model', path, '--live', service.samplesPath, '--out', out],
        ...['--accepted-by', 'A. Person', '--reason', 'another region'],
      ]);
      assert.equal(rebased.code, 0, rebased.stderr);
      assert.ok('output' in JSON.parse(await readFile(out, 'utf8')), 'it is written in today’s format');
      const { output, rebaseline, predictor } = await loadArtifact(out);
      assert.deepEqual(output.score.bins, artifact.output.score.bins);
      assert.deepEqual(output.calibration, artifact.output.calibration);
      assert.deepEqual(predictor, artifact.predictor);
      assert.equal(rebaseline?.replaces, version);
    });
  });
}

describe('the verdicts on a model file of format version 1', () => {
  it('are what they were', async () => {
    const [age] = (await loadArtifact('test/model/fixtures/credit-v1.json')).features;
    const live = [20, 40, 60, 80, 100, 60, 50, 40, 30, 20, 0];
    const drift = measureDrift(featureBins(age), age.reference.counts, live);
    assert.ok(Math.abs((drift.psi ?? 0) - 0.2950092915288466) < 1e-12);
    assert.ok(Math.abs((drift.psiNoiseCeiling ?? 0) - 0.1285770588247164) < 1e-12);
    assert.equal(drift.verdict, 'drifting');
  });
});

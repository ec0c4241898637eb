import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { readTrainingSet } from '../../src/cli/read-training-set.ts';
import { readScoredRows } from '../../src/cli/scored-rows.ts';
import { type Artifact, loadArtifact, parseArtifact } from '../../src/model/artifact.ts';
import { learntFromOutcomes } from '../../src/model/learnt.ts';
import { filePredictor } from '../../src/predictors/index.ts';
import { describeColumns } from '../../src/profile/describe-columns.ts';
import { measurePerformance } from '../../src/profile/held-out-figures.ts';
import { type Profiled, profileRows } from '../../src/profile/profile-rows.ts';
import { interpolateCurve } from '../../src/stats/isotonic-regression.ts';
import { crossValidate } from '../../src/training/cross-validate.ts';
import { encodeDesign } from '../../src/training/design.ts';
import { defaultRidge, fitLogistic } from '../../src/training/fit-logistic.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const scored = 'test/profile/fixtures/scored.csv';
const expected = JSON.parse(readFileSync('test/profile/fixtures/scored.json', 'utf8'));
const none = { categorical: [], allowIds: [], sensitive: [] };

/** The fixture: rows that a gradient boosting has scored and was not fitted on. */
async function profiledFixture(): Promise<Profiled> {
  const { rows } = await readScoredRows(scored, () => ({
    ...none,
    ...{ score: 'p_churn', prediction: 'label', target: 'churned', positive: 'yes', negative: 'no' },
    exclude: ['customerID', 'signup_date'],
  }));
  const { columns, scores, classes, threshold, outcomes, dataDigest } = rows;
  assert.ok(threshold !== undefined);
  return {
    name: 'churn',
    columns,
    output: { kind: 'binary', column: 'churned', ...classes, threshold },
    scores,
    outcomes,
    protected: [],
    sensitive: [],
    segments: ['contract'],
    dataDigest,
  };
}

describe('a model file from scored rows', () => {
  let profiled: Profiled;
  let artifact: Artifact;
  before(async () => {
    profiled = await profiledFixture();
    artifact = profileRows(profiled);
  });

  it('is one that can be read, and the same bytes for the same rows', () => {
    assert.deepEqual(parseArtifact(JSON.stringify(artifact), 'churn.json'), artifact);
    assert.equal(profileRows(profiled).version, artifact.version);
    assert.equal(artifact.predictor, undefined);
  });

  it('has the figures that scikit-learn finds, and the standard errors of its own bootstrap', () => {
    const { scores, outcomes, output } = profiled;
    assert.ok(outcomes !== undefined && artifact.evaluation !== undefined);
    assert.equal(output.threshold.value, expected.threshold);
    const measured = measurePerformance(scores, outcomes, output.threshold.value);
    const { protocol, ...figures } = artifact.evaluation;
    assert.deepEqual(protocol, { kind: 'held-out', rows: expected.rows });
    assert.deepEqual(Object.keys(figures).toSorted(), Object.keys(expected.figures).toSorted());
    for (const [name, { value, standardError }] of Object.entries(figures)) {
      const exact = measured[name as keyof typeof measured] ?? Number.NaN;
      assert.ok(Math.abs(exact - expected.figures[name]) < 1e-9, `${name}: ${exact}`);
      assert.ok(Math.abs(value - exact) <= 5e-7, `${name} in the file: ${value}`);
      // 200 resamples tell a deviation to 5 %
      const ratio = standardError / expected.standardErrors[name];
      assert.ok(ratio > 0.85 && ratio < 1.15, `standard error of ${name}: ${ratio} of scikit-learn's`);
    }
  });

  it('has the isotonic calibration that scikit-learn fits, without probabilities of 0 or 1', () => {
    const { calibration, bins } = learntFromOutcomes(artifact) ?? assert.fail();
    let certain = 0;
    for (const [i, score] of profiled.scores.entries()) {
      const probability = interpolateCurve(calibration, score);
      assert.ok(probability > 0 && probability < 1);
      if (expected.isotonic[i] === 0 || expected.isotonic[i] === 1) certain++;
      else assert.ok(Math.abs(probability - expected.isotonic[i]) < 1e-9, `score ${score}`);
    }
    assert.ok(certain > 0 && certain < profiled.scores.length / 2);
    const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
    assert.deepEqual([total(bins.counts), total(bins.positives)], [expected.rows, expected.positives]);
    assert.ok(Math.abs(total(bins.expected) - expected.positives) < 1);
  });

  it('describes columns of numbers and categories, with and without missing values', () => {
    assert.deepEqual(
      artifact.features.map(({ name, kind, nullable }) => [name, kind, nullable]),
      [
        ['tenure', 'numeric', false],
        ['monthly', 'numeric', true],
        ['contract', 'categorical', false],
        ['payment', 'categorical', true],
        ['senior', 'numeric', false],
      ],
    );
    // long contracts are what keeps customers
    const contract = artifact.features[2];
    assert.ok(contract.kind === 'categorical' && contract.reference.effects !== undefined);
    const effects = Object.fromEntries(
      contract.categories.map((name, i) => [name, contract.reference.effects?.[i]]),
    );
    assert.ok((effects['month to month'] ?? 0) > 0.3 && (effects['two years'] ?? 0) < -0.3);
    const segments = artifact.segments?.[0] ?? assert.fail();
    assert.equal(segments.feature, 'contract');
    assert.equal(
      segments.variables
        .at(-1)
        ?.counts.flat()
        .reduce((sum, count) => sum + count),
      expected.rows,
    );
  });

  it('contains nothing that requires outcomes if there are none', () => {
    const { outcomes: _, ...unlabelled } = profiled;
    const { evaluation, training, output, features, segments } = profileRows(unlabelled);
    assert.equal(evaluation, undefined);
    assert.deepEqual([output.calibration, output.score.bins], [undefined, undefined]);
    assert.deepEqual(Object.keys(training), ['rows', 'dataDigest', 'smallestDetectableDrift']);
    assert.deepEqual(features, artifact.features);
    assert.deepEqual(output.score.reference, artifact.output.score.reference);
    assert.deepEqual(segments, artifact.segments);
  });

  it('is what training makes, if made from the same rows and scores', async () => {
    const trained = await loadArtifact('models/credit.json');
    const { features, output, protected: watched, sensitive, training } = trained;
    const names = features.map(({ name }) => name);
    const { set } = await readTrainingSet('data/german-credit.csv', () => ({
      ...none,
      ...{ target: 'outcome', positive: 'bad', features: names },
    }));
    const predictor = filePredictor(trained) ?? assert.fail();
    const rows = Array.from(set.outcomes, (_, i) =>
      Object.fromEntries(set.columns.map(({ name, values }) => [name, values[i]])),
    );
    const scores = predictor.predict(rows).map(({ score }) => score);
    const lines = readFileSync('data/german-credit.csv', 'utf8').trim().split('\n');
    await using folder = await temporaryFolder();
    const path = `${folder.path}/scored.csv`;
    await writeFile(path, lines.map((line, i) => `${line},${i === 0 ? 'p' : scores[i - 1]}\n`).join(''));
    const read = await readScoredRows(path, (header) => ({
      ...none,
      ...{ score: 'p', target: 'outcome', positive: 'bad', negative: 'good' },
      exclude: header.filter((name) => ![...names, 'p', 'outcome'].includes(name)),
    }));
    const { columns, outcomes, classes } = read.rows;
    assert.deepEqual(columns, set.columns);
    const { kind, column, threshold } = output;
    const described = {
      ...{ name: 'credit', columns, outcomes, sensitive, dataDigest: training.dataDigest },
      output: { kind, ...(column !== undefined && { column }), ...classes, threshold },
      protected: watched,
      segments: ['history'],
    };
    const profile = profileRows({ ...described, scores: read.rows.scores });
    const withoutEffects = (artifact: Artifact) =>
      artifact.features.map(({ reference: { effects: _, ...reference }, ...feature }) => ({
        ...feature,
        reference,
      }));
    assert.deepEqual(withoutEffects(profile), withoutEffects(trained));
    assert.deepEqual(profile.output.score.reference, output.score.reference);
    assert.deepEqual(profile.segments, trained.segments);
    assert.equal(profile.training.smallestDetectableDrift, training.smallestDetectableDrift);

    // what estimates the future comes from scores that training holds out
    const { matrix } = encodeDesign(set.columns, describeColumns(set.columns));
    const heldOut = crossValidate(matrix, set.outcomes, {
      threshold: threshold.value,
      ridge: defaultRidge,
      fit: fitLogistic(matrix, set.outcomes, { ridge: defaultRidge }),
      onFit: () => {},
    });
    const honest = profileRows({ ...described, scores: heldOut.scores });
    assert.deepEqual(honest.output.score.bins, output.score.bins);
    assert.deepEqual(honest.output.calibration, output.calibration);
    const difference = (one: Artifact) =>
      (one.evaluation?.rocAuc.value ?? 0) - (trained.evaluation?.rocAuc.value ?? 0);
    assert.ok(Math.abs(difference(honest)) < 0.01, 'pooled and by fold');
    assert.ok(difference(profile) > difference(honest), 'on its own training rows a model looks better');
  });
});

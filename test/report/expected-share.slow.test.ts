import assert from 'node:assert/strict';
import { formatArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { calibrationOf } from '../../src/model/calibrate.ts';
import { createRandom } from '../../src/stats/random.ts';
import { learntOf } from '../support/model-parts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { driftReport, runCommand } from './run-command.ts';
import { artifact, makeSamples, model, toCsv, toJsonl } from './samples.ts';

/** The calibration, from one of its points to the next in a straight line. */
function calibrated(score: number): number {
  const { scores, probabilities } = calibrationOf(learntOf(artifact));
  const next = scores.findIndex((each) => each >= score);
  if (next <= 0) return probabilities.at(next) as number;
  const part = (score - scores[next - 1]) / (scores[next] - scores[next - 1]);
  return probabilities[next - 1] + part * (probabilities[next] - probabilities[next - 1]);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
/** Rows whose outcomes are as the calibration says, without half of the good ones. */
const random = createRandom(6);
const rows = makeSamples({ count: 8000 })
  .map((sample) => ({ ...sample, outcome: random() < calibrated(sample.score) ? 'bad' : 'good' }))
  .filter(({ outcome }) => outcome === 'bad' || random() < 0.5);
const share = rows.filter(({ outcome }) => outcome === 'bad').length / rows.length;
const samples = rows.map(({ outcome: _, ...sample }) => sample);
const told =
  /The calibrated scores predict (\d[\d.]*) % ‘bad’, against 30 % in the reference\. If only the share of ‘bad’ has changed, it is now (\d[\d.]*) %\./;
const unwrapped = (text: string) => text.replaceAll(/\s+/g, ' ');

describe('the share of positives that scores predict', () => {
  it('is the mean of the calibrated scores, and more of it if only the shares have changed', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', toJsonl(samples));
    const { expectedShare } = await driftReport('--model', model, '--live', live);
    const probabilities = samples.map(({ score }) => calibrated(score));
    assert.ok(Math.abs((expectedShare?.mean ?? 0) - mean(probabilities)) < 1e-9, `${expectedShare?.mean}`);
    assert.equal(expectedShare?.training, 0.3);
    const { ifOnlySharesChanged } = expectedShare;
    const corrected = ifOnlySharesChanged ?? Number.NaN;
    assert.ok(
      mean(probabilities) > 0.31 && corrected > mean(probabilities) + 0.05 && corrected < 0.7,
      `${mean(probabilities)}, ${corrected}`,
    );

    const { stdout } = await runCommand('drift', ['--model', model, '--live', live]);
    const [, predicted, now] = told.exec(unwrapped(stdout)) ?? [];
    assert.equal(Number(predicted), Math.round(100 * mean(probabilities)));
    assert.equal(Number(now), Math.round(100 * corrected));
  });

  it('is not to be trusted while a feature is in another unit, which is told first', async () => {
    await using folder = await temporaryFolder();
    const inThousandths = makeSamples({ count: 1000 }).map((sample) => ({
      ...sample,
      features: { ...sample.features, limit: 1000 * Number(sample.features.limit) },
    }));
    const live = await folder.write('live.jsonl', toJsonl(inThousandths));
    const { expectedShare, features, headline } = await driftReport('--model', model, '--live', live);
    assert.deepEqual(expectedShare?.doubts, ['100.0 % of limit lies outside the range of the reference']);
    const limit = features.find(({ name }) => name === 'limit');
    assert.equal(limit?.unit?.factor, 1000);
    assert.match(limit?.sentence ?? '', /^About 1,000 times the usual values: another unit\? /);
    assert.match(headline, /^limit has drifted .*, about 1,000 times the usual values: another unit\?/);
    const { stdout } = await runCommand('drift', ['--model', model, '--live', live]);
    assert.match(unwrapped(stdout), /Not to be trusted: 100\.0 % of limit lies outside the range/);
    assert.match(unwrapped(stdout), /another unit\?/);
  });

  it('is not in doubt for a feature that contributes the same to every score', async () => {
    await using folder = await temporaryFolder();
    const { version: _, ...content } = artifact;
    const features = artifact.features.map((feature) =>
      feature.name === 'limit' && feature.kind === 'numeric'
        ? { ...feature, reference: { ...feature.reference, effects: feature.reference.counts.map(() => 0) } }
        : feature,
    );
    const path = await folder.write('model.json', formatArtifact(sealArtifact({ ...content, features })));
    const rows = makeSamples({ count: 1000 }).map((sample) => ({ ...sample.features, limit: 1e7 }));
    const live = await folder.write('live.csv', toCsv(rows));
    const { expectedShare } = await driftReport('--model', path, '--live', live);
    assert.deepEqual(expectedShare?.doubts, []);
  });

  it('is next to the realised share in an evaluation', async () => {
    await using folder = await temporaryFolder();
    const table = rows.map(({ features, outcome }) => ({ ...features, outcome }));
    const data = await folder.write('data.csv', toCsv(table));
    const { stdout, stderr } = await runCommand('evaluate', ['--model', model, '--data', data]);
    assert.match(
      unwrapped(stdout),
      new RegExp(`${told.source} Of these rows ${Math.round(100 * share)} % were ‘bad’\\.`),
      stderr,
    );
  });

  it('is not given for fewer than 100 scores', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', toJsonl(samples.slice(0, 99)));
    const report = await driftReport('--model', model, '--live', live);
    assert.equal(report.expectedShare, null);
  });
});

import assert from 'node:assert/strict';
import { createSlicers } from '../../src/evaluation/slicer.ts';
import { referenceOf } from '../../src/model/artifact-reference.ts';
import { featureBins } from '../../src/model/features.ts';
import { classesOf } from '../../src/model/output-classes.ts';
import { createMonitor } from '../../src/monitor/monitor.ts';
import { countLive } from '../../src/report/compute/count-live.ts';
import { artifactReference } from '../../src/report/compute/drift-reference.ts';
import { fileReference } from '../../src/report/compute/file-reference.ts';
import { computeReport } from '../../src/report/compute-report.ts';
import { createRowMatcher } from '../../src/samples/row-matcher.ts';
import { createSampleFormatter } from '../../src/samples/sample.ts';
import { createSampleView } from '../../src/samples/shown-sample.ts';
import { binLabels } from '../../src/stats/binning.ts';
import { artifact, makeSamples, toCsv, toJsonl } from '../report/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const histories = ['none', 'paid', 'good', 'critical', 'delayed', 'never seen', null];
const samples = makeSamples({
  count: 280,
  change: (row, i) => ({ ...row, history: histories[i % histories.length] }),
});

describe('a category in a sample with SAMPLES_VALUES=bins', () => {
  const monitor = createMonitor(referenceOf(artifact));
  const format = createSampleFormatter({ artifact, values: 'bins' });
  const classes: readonly string[] = classesOf(artifact.output);
  const written = samples.map(({ time, id, features, score, prediction }) => {
    const { bins, outside } = monitor.observe(features, score);
    return JSON.parse(
      format(time, id, undefined, undefined, features, bins, outside, score, classes.indexOf(prediction)),
    );
  });
  /** As it was written before: every bin by its label. */
  const older = samples.map((sample, i) => {
    const { bins } = monitor.observe(sample.features, sample.score);
    const labels = artifact.features.map((one, f) => [one.name, binLabels(featureBins(one))[bins[f]]]);
    return { ...written[i], bins: Object.fromEntries(labels) };
  });

  it('is a number, never its text', () => {
    assert.deepEqual(
      written.slice(0, 7).map(({ bins }) => bins.history),
      ['00', '01', '02', '03', '04', 'unseen', 'missing'],
    );
    for (const line of written)
      assert.doesNotMatch(JSON.stringify(line.bins), /none|paid|good|critical|del|never/);
  });

  it('is counted by the drift report and a new reference as its value is, and as its label was', async () => {
    await using folder = await temporaryFolder();
    const paths = await Promise.all(
      [samples, written, older].map((lines, i) => folder.write(`${i}.jsonl`, toJsonl(lines))),
    );
    const reference = artifactReference(artifact);
    const counts = paths.map(async (path) => {
      const live = await countLive([path], reference, { artifact, backtest: false });
      const rebased = await fileReference([path], { artifact, chooseFeatures: null });
      const { features, notes } = computeReport(reference, live, artifact);
      assert.ok(!notes.some((note) => note.includes('hold bins that the reference does not have')));
      return {
        live: features.map(({ bins }) => bins.map((bin) => bin.live)),
        reference: rebased.features[2].counts,
      };
    });
    const [values, numbers, labels] = await Promise.all(counts);
    assert.deepEqual(numbers, values);
    assert.deepEqual(labels, values);
  });

  it('is not confused with one of other categories that no model has numbered', async () => {
    await using folder = await temporaryFolder();
    const table = await folder.write('t.csv', toCsv(samples.map(({ features }) => features)));
    const path = await folder.write('s.jsonl', toJsonl(written));
    const reference = await fileReference([table], { artifact: null, chooseFeatures: null });
    const live = await countLive([path], reference, { artifact: null, backtest: false });
    const history = live.features.find((one) => one.reference.name === 'history');
    // `missing` and `unseen` are the same of any model
    assert.deepEqual([...(history?.counts ?? [])].slice(0, -2).filter(Boolean), []);
    assert.ok(live.notes.some((note) => note.includes('hold bins that the reference does not have')));
  });

  it('is in no slice of a model that numbers its categories differently', () => {
    const [slicer] = createSlicers(artifact, ['history'], `${artifact.version}-before`);
    assert.equal(slicer.recordedBin('00'), undefined);
    assert.equal(slicer.recordedBin('= none')?.label, '= none');
    assert.equal(slicer.recordedBin('missing')?.label, 'missing');
  });

  it('is chosen, sliced and shown by its label', () => {
    const matches = createRowMatcher(artifact, 'history', 'critical');
    const [slicer] = createSlicers(artifact, ['history']);
    const { describe: describeRow } = createSampleView(artifact);
    for (const [i, sample] of written.entries()) {
      assert.equal(matches(sample), i % 7 === 3);
      assert.equal(matches(older[i]), i % 7 === 3);
      const { label } = slicer.binOf(samples[i].features.history);
      assert.equal(slicer.recordedBin(sample.bins.history)?.label, label);
      assert.equal(slicer.recordedBin(older[i].bins.history)?.label, label);
      assert.deepEqual(describeRow(sample), describeRow(older[i]));
      assert.ok(describeRow(sample)[2].includes(JSON.stringify(label)));
    }
  });
});

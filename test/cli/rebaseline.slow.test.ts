import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { countedReference } from '../../src/model/counted.ts';
import { featureBins } from '../../src/model/features.ts';
import { classesOf } from '../../src/model/output-classes.ts';
import { numericReference, summarise } from '../../src/profile/make-reference.ts';
import { createSampleFormatter } from '../../src/samples/sample.ts';
import { createBinner } from '../../src/stats/binning.ts';
import { driftReport, featureOf, runCommand } from '../report/run-command.ts';
import { artifact, makeSamples, model, toCsv, toJsonl } from '../report/samples.ts';
import { explanationOf, scorerOf } from '../support/model-parts.ts';
import { plainBinOf } from '../support/plain-psi.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const shifted = makeSamples({
  count: 3000,
  change: (row, i) => ({ ...row, age: Number(row.age) + 15, history: i % 10 === 0 ? 'sold' : row.history }),
});
const accepted = ['--accepted-by', 'A. Person', '--reason', 'a campaign for pensioners'];

/** The counts of each segment of `history`, for the bins of a model. */
function segmentsByHand(
  { features, output: { score } }: Artifact,
  rowsOf: (category: string) => typeof shifted,
) {
  const [age, limit, history] = features;
  assert.ok(age.kind === 'numeric' && limit.kind === 'numeric' && history.kind === 'categorical');
  const count = (edges: number[], rows: typeof shifted, read: (row: (typeof shifted)[number]) => unknown) => {
    const counts = Array(edges.length + 2).fill(0);
    for (const row of rows) counts[plainBinOf(edges)(read(row))]++;
    return counts;
  };
  const compared = [
    ['age', age.reference.edges, ({ features }: (typeof shifted)[number]) => features.age],
    ['limit', limit.reference.edges, ({ features }: (typeof shifted)[number]) => features.limit],
    ['(score)', score.reference.edges, ({ score }: (typeof shifted)[number]) => score],
  ] as const;
  return compared.map(([name, edges, read]) => ({
    name,
    counts: history.categories.map((category) => count(edges, rowsOf(category), read)),
  }));
}

describe('npm run rebaseline', () => {
  it('makes recent traffic the reference: the same scores, no drift any more', async () => {
    await using folder = await temporaryFolder();
    const live = await folder.write('live.jsonl', toJsonl(shifted));
    const out = join(folder.path, 'new.json');
    assert.equal((await driftReport('--model', model, '--live', live)).verdict, 'drifting');
    const before = Date.now();
    const { stdout, stderr, code } = await runCommand('rebaseline', [
      '--model',
      model,
      '--live',
      live,
      ...accepted,
      '--out',
      out,
    ]);
    assert.equal(code, 0, stderr);
    const rebased = await loadArtifact(out);
    assert.match(
      stdout,
      new RegExp(`version ${rebased.version}\nreplaces +version ${artifact.version}\nreference +3,000 rows`),
    );

    assert.notEqual(rebased.version, artifact.version);
    const { by, reason, replaces, at } = rebased.rebaseline!;
    assert.deepEqual(
      { by, reason, replaces },
      { by: 'A. Person', reason: 'a campaign for pensioners', replaces: artifact.version },
    );
    assert.ok(Date.parse(at) >= before - 1 && Date.parse(at) <= Date.now());

    const [scoreBefore, scoreNow] = [scorerOf(artifact), scorerOf(rebased)];
    for (const { features } of shifted.slice(0, 200)) assert.equal(scoreNow(features), scoreBefore(features));

    const ages = Float64Array.from(shifted, ({ features }) => Number(features.age));
    const age = rebased.features.find(({ name }) => name === 'age');
    assert.ok(age?.kind === 'numeric');
    const { effects, ...counted } = age.reference;
    assert.deepEqual(counted, numericReference(ages));
    assert.equal(effects?.length, counted.counts.length);
    assert.ok((effects?.[0] ?? 0) > (effects?.[9] ?? 0), 'the older, the lower the score');
    assert.deepEqual(age.summary, summarise(ages));
    const scores = Float64Array.from(shifted, ({ score }) => score);
    const { effects: ofScores, ...countedScores } = rebased.output.score.reference;
    assert.deepEqual(countedScores, numericReference(scores));
    assert.deepEqual(
      ofScores?.slice(0, -1),
      ofScores?.slice(0, -1).toSorted((a, b) => a - b),
    );
    const history = rebased.features.find(({ name }) => name === 'history');
    assert.equal(history?.reference.counts.at(-1), 300);

    const segments = rebased.segments ?? assert.fail('the model named them');
    const ofHistory = (category: string) => shifted.filter(({ features }) => features.history === category);
    assert.deepEqual(segments, [{ feature: 'history', variables: segmentsByHand(rebased, ofHistory) }]);

    const rows = await folder.write(
      'rows.csv',
      toCsv(
        makeSamples({
          count: 1000,
          seed: 9,
          change: (row, i) => ({
            ...row,
            age: Number(row.age) + 15,
            history: i % 10 === 5 ? 'sold' : row.history,
          }),
        }).map(({ features }) => features),
      ),
    );
    const now = await driftReport('--model', out, '--live', rows);
    assert.equal(now.verdict, 'stable', now.headline);
    assert.equal(now.reference.origin, 'traffic');
    assert.equal(now.reference.samples, 3000);
    // What changed back would be drift now.
    const back = await folder.write(
      'back.csv',
      toCsv(makeSamples({ count: 1000 }).map(({ features }) => features)),
    );
    assert.equal(featureOf(await driftReport('--model', out, '--live', back), 'age').verdict, 'drifting');
  });

  it('keeps what lies far beyond the old reference out of the new one, and says how many rows', async () => {
    await using folder = await temporaryFolder();
    const usual = toCsv(makeSamples({ count: 700 }).map(({ features }) => features)).trimEnd();
    const [header] = usual.split('\n', 1);
    const wild = [1e150, -1e150, Number.MAX_VALUE].map((value) =>
      header
        .split(',')
        .map((name) => (name === 'age' ? value : name === 'limit' ? 2000 : 'good'))
        .join(','),
    );
    const live = await folder.write('live.csv', `${usual}\n${wild.join('\n')}\n`);
    const without = await folder.write('without.csv', `${usual}\n`);
    const rebase = async (rows: string, out: string) => {
      const args = ['--model', model, '--live', rows, ...accepted, '--out', out];
      return { ...(await runCommand('rebaseline', args)), out };
    };
    const { stdout, stderr, code, out } = await rebase(live, join(folder.path, 'new.json'));
    assert.equal(code, 0, stderr);
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      /age: 3 values of the reference lie far beyond the older reference/,
    );
    const clean = await rebase(without, join(folder.path, 'clean.json'));
    const [age, expected] = [await loadArtifact(out), await loadArtifact(clean.out)].map(({ features }) =>
      features.find(({ name }) => name === 'age'),
    );
    assert.ok(age?.kind === 'numeric' && expected?.kind === 'numeric');
    assert.deepEqual(age.summary, expected.summary);
    assert.deepEqual(age.reference.edges, expected.reference.edges);
    const { counts } = expected.reference;
    assert.deepEqual(age.reference.counts, [
      counts[0] + 1,
      ...counts.slice(1, -2),
      counts[counts.length - 2] + 2,
      counts[counts.length - 1],
    ]);
  });

  it('does not use the mean of the older reference for rows of which only bins are known', async () => {
    await using folder = await temporaryFolder();
    const format = createSampleFormatter({ artifact, values: 'bins' });
    const classes: readonly string[] = classesOf(artifact.output);
    const binners = artifact.features.map((feature) => createBinner(featureBins(feature)));
    const lines = shifted.map(({ time, id, features, score, prediction }) => {
      const bins = artifact.features.map(({ name }, i) => binners[i](features[name]));
      return format(
        time,
        id,
        undefined,
        undefined,
        features,
        bins,
        [0, 0, 0],
        score,
        classes.indexOf(prediction),
      );
    });
    const live = await folder.write('bins.jsonl', `${lines.join('\n')}\n`);
    const out = join(folder.path, 'new.json');
    const { stderr, code } = await runCommand('rebaseline', [
      ...['--model', model, '--live', live, ...accepted, '--out', out],
    ]);
    assert.equal(code, 0, stderr);
    const rebased = await loadArtifact(out);
    assert.equal(explanationOf(rebased).attributeScoreShift(artifact.features.map(countedReference)), null);
    // bins are enough for segments
    const ofHistory = (category: string) => shifted.filter(({ features }) => features.history === category);
    const [bySegment] = rebased.segments ?? assert.fail('the model named them');
    assert.deepEqual(bySegment.variables, segmentsByHand(rebased, ofHistory));
    const rows = await folder.write('rows.csv', toCsv(shifted.map(({ features }) => features)));
    const report = await driftReport('--model', out, '--live', rows);
    assert.equal(report.verdict, 'stable');
    const { logOddsChange, effect, summary } = featureOf(report, 'age');
    assert.equal(logOddsChange, null);
    assert.equal(summary?.reference ?? null, null);
    assert.ok((effect ?? 1) < 0.01, 'bins tell the effect');
    assert.ok(Math.abs(featureOf(report, 'history').logOddsChange ?? 1) < 1e-9);
    const again = join(folder.path, 'again.json');
    await runCommand('rebaseline', ['--model', out, '--live', rows, ...accepted, '--out', again]);
    const known = featureOf(await driftReport('--model', again, '--live', rows), 'age');
    assert.ok(Math.abs(known.logOddsChange ?? 1) < 1e-9);
  });

  it('refers from another folder to the same files', async () => {
    await using folder = await temporaryFolder();
    const { version: _, ...content } = artifact;
    const watched = sealArtifact({
      ...content,
      predictor: { kind: 'onnx', path: 'model.onnx', sha256: '0'.repeat(64) },
    });
    const old = await folder.write('old.json', formatArtifact(watched));
    const live = await folder.write(
      'live.jsonl',
      toJsonl(shifted.map((sample) => ({ ...sample, version: watched.version }))),
    );
    const out = join(folder.path, 'newer', 'new.json');
    const args = ['--model', old, '--live', live, ...accepted, '--out', out];
    const { stderr, code } = await runCommand('rebaseline', args);
    assert.equal(code, 0, stderr);
    assert.deepEqual((await loadArtifact(out)).predictor, { ...watched.predictor, path: '../model.onnx' });
  });

  it('refuses a feature all of whose values lie far beyond the old reference', async () => {
    await using folder = await temporaryFolder();
    const rows = toCsv(makeSamples({ count: 50 }).map(({ features }) => ({ ...features, limit: 1e200 })));
    const live = await folder.write('live.csv', rows);
    const out = join(folder.path, 'new.json');
    const { stderr, code } = await runCommand('rebaseline', [
      '--model',
      model,
      '--live',
      live,
      ...accepted,
      '--out',
      out,
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /^limit: every value lies far beyond the reference of [^\n]*retrain it\n$/);
    assert.deepEqual(await readdir(folder.path), ['live.csv']);
  });

  it('computes the scores of a table, and ignores samples of other versions', async () => {
    await using folder = await temporaryFolder();
    const fromTable = join(folder.path, 'table.json');
    const fromSamples = join(folder.path, 'samples.json');
    const table = await folder.write('live.csv', toCsv(shifted.map(({ features }) => features)));
    const mixed = [
      ...shifted,
      ...shifted.slice(0, 50).map((sample) => ({ ...sample, version: '0123456789ab' })),
    ];
    const samples = await folder.write('live.jsonl', toJsonl(mixed));
    await runCommand('rebaseline', ['--live', table, ...accepted, '--out', fromTable]);
    const { stdout } = await runCommand('rebaseline', ['--live', samples, ...accepted, '--out', fromSamples]);
    assert.match(stdout, /50 rows of the reference of version 0123456789ab were left out/);
    const [a, b] = [await loadArtifact(fromTable), await loadArtifact(fromSamples)];
    assert.deepEqual(a.features, b.features);
    assert.deepEqual(a.output.score, b.output.score);
  });

  for (const [what, args, status, message] of [
    ['no rows', [...accepted], 2, /--live is needed: the traffic/],
    ['nobody', ['--live', 'data/german-credit.csv', '--reason', 'so'], 2, /--accepted-by is needed: who/],
    [
      'no reason',
      ['--live', 'data/german-credit.csv', '--accepted-by', 'me', '--reason', ' '],
      2,
      /--reason is needed: why/,
    ],
    ['a file that is not there', ['--live', 'none.csv', ...accepted], 1, /^none\.csv: no such file/],
  ] as const) {
    it(`refuses ${what} and writes nothing`, async () => {
      await using folder = await temporaryFolder();
      const { stderr, code } = await runCommand('rebaseline', [
        ...args,
        '--out',
        join(folder.path, 'x.json'),
      ]);
      assert.equal(code, status);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split('\n').length, 1);
      assert.deepEqual(await readdir(folder.path), []);
    });
  }

  it('refuses samples that withhold a feature', async () => {
    await using folder = await temporaryFolder();
    const withheld = shifted
      .slice(0, 100)
      .map((sample) => ({ ...sample, features: { ...sample.features, age: '[redacted]' } }));
    const live = await folder.write('live.jsonl', toJsonl(withheld));
    const { stderr, code } = await runCommand('rebaseline', [
      '--live',
      live,
      ...accepted,
      '--out',
      join(folder.path, 'x.json'),
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /^age: no row holds a value/);
  });
});

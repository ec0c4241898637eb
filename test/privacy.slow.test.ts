import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attributes } from '@opentelemetry/api';
import fc from 'fast-check';
import { deploy } from '../src/deployments/deployment.ts';
import { describePrediction } from '../src/deployments/describe-prediction.ts';
import { invalidInput } from '../src/http/refusals.ts';
import { type Artifact, type Feature, loadArtifact, sealArtifact } from '../src/model/artifact.ts';
import { redacted } from '../src/model/disclosure.ts';
import { createInputValidator } from '../src/model/validate-input.ts';
import { filePredictor } from '../src/predictors/index.ts';
import { countLive } from '../src/report/compute/count-live.ts';
import { artifactReference } from '../src/report/compute/drift-reference.ts';
import { fileReference } from '../src/report/compute/file-reference.ts';
import { computeReport } from '../src/report/compute-report.ts';
import { renderHtml } from '../src/report/render/render-html.ts';
import { renderText } from '../src/report/render/render-text.ts';
import { createRowMatcher } from '../src/samples/row-matcher.ts';
import { createSampleFormatter, type SampleValues } from '../src/samples/sample.ts';
import { createSampleView } from '../src/samples/shown-sample.ts';
import { runCommand } from './report/run-command.ts';
import { toCsv, toJsonl } from './report/samples.ts';
import { logisticOf, scorerOf } from './support/model-parts.ts';
import { type OtlpSink, startOtlpSink } from './support/otlp-sink.ts';
import { eventually, postJson, readJsonLines, startTestService } from './support/service.ts';
import { temporaryFolder } from './support/temporary-folder.ts';
import { unkeptModels } from './support/unkept-models.ts';

type Row = Record<string, string | number | null>;

const { version: _, segments: __, ...credit } = await loadArtifact('models/credit.json');
const [number, , category] = credit.features as [Feature & { kind: 'numeric' }, Feature, Feature];
assert.ok(category.kind === 'categorical');
const modes: readonly SampleValues[] = ['raw', 'bins', 'off'];

const deployed = (artifact: Artifact) =>
  deploy(artifact, { predictor: filePredictor(artifact), sampleValues: 'raw', models });

/** A model of the given features, some of them sensitive. */
function artifactOf(kinds: readonly ('numeric' | 'categorical')[], sensitive: readonly boolean[]): Artifact {
  const features = kinds.map((kind, i): Feature => {
    const like = kind === 'numeric' ? number : category;
    return { ...structuredClone(like), name: `f${i}`, nullable: true } as Feature;
  });
  const logistic = logisticOf(credit);
  const weights = kinds.map((kind, i) => ({
    ...logistic.features[kind === 'numeric' ? 0 : 2],
    name: `f${i}`,
    missingLogOdds: 0.1 * i,
  }));
  const names = features.map(({ name }) => name);
  return sealArtifact({
    ...credit,
    protected: [],
    sensitive: names.filter((_name, i) => sensitive[i]),
    features,
    predictor: { ...logistic, features: weights },
  });
}

const kinds = fc.array(fc.constantFrom('numeric' as const, 'categorical' as const), {
  minLength: 1,
  maxLength: 6,
});
/** A model, and two rows that differ only in what is sensitive. */
const likeRows = kinds.chain((chosen) => {
  const valueOfKind = (kind: 'numeric' | 'categorical') =>
    kind === 'numeric'
      ? fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 100 }), fc.double({ noNaN: true }))
      : fc.oneof(fc.constant(null), fc.constantFrom(...category.categories), fc.string());
  const row = () => fc.tuple(...chosen.map(valueOfKind));
  const flags = fc.array(fc.boolean(), { minLength: chosen.length, maxLength: chosen.length });
  return fc.tuple(flags, row(), row()).map(([sensitive, first, other]) => {
    const toRow = (values: readonly Row[string][]): Row =>
      Object.fromEntries(values.map((value, i) => [`f${i}`, value]));
    const second = first.map((value, i) => (sensitive[i] ? other[i] : value));
    return { artifact: artifactOf(chosen, sensitive), first: toRow(first), second: toRow(second) };
  });
});

const models = unkeptModels();

/** Everything that is written or shown about one prediction, except its score, which is given. */
function recordsOf(artifact: Artifact, row: Row): unknown[] {
  const deployment = deployed(artifact);
  const { bins, outside } = deployment.monitor.observe(row, 0.5);
  const { show, describe: describeRow } = createSampleView(artifact);
  const format = (of: Artifact, values: SampleValues) =>
    createSampleFormatter({ artifact: of, values })(
      't',
      'id',
      undefined,
      undefined,
      row,
      bins,
      outside,
      0.5,
      1,
    );
  // as in a file that was written before the features were declared sensitive
  const shown = modes.map((values) => show(JSON.parse(format({ ...artifact, sensitive: [] }, values))));
  const span: Attributes[] = [];
  const recording: Parameters<typeof describePrediction>[0] = {
    setAttributes(attributes) {
      span.push(attributes);
      return recording as ReturnType<typeof recording.setAttributes>;
    },
  };
  describePrediction(recording, deployment, row, 0.5, deployment.monitor.observe(row, 0.5, 1));
  return [
    ...modes.map((values) => format(artifact, values)),
    deployment.formatPayload(row),
    span,
    ...shown.map((line) => JSON.stringify(line)),
    ...shown.map(describeRow),
  ];
}

describe('what is revealed about a sensitive feature', () => {
  it('by records of a single row is nothing: they are the same whatever its value', () => {
    fc.assert(
      fc.property(likeRows, ({ artifact, first, second }) => {
        assert.deepEqual(recordsOf(artifact, first), recordsOf(artifact, second));
      }),
      { numRuns: 80 },
    );
  });

  it('by the error of a refused row, which a span records, is nothing, and nothing that the caller has written', () => {
    fc.assert(
      fc.property(likeRows, fc.string(), ({ artifact, first, second }, written) => {
        const validate = createInputValidator(artifact);
        const refusals = [first, second].map((row) => {
          const faults = validate({ ...row, [`${written}-x`]: 1 });
          assert.ok(faults !== null);
          const { name, message } = invalidInput(faults);
          return { name, message };
        });
        assert.deepEqual(refusals[0], refusals[1]);
        assert.doesNotMatch(refusals[0].message, /-x/);
      }),
      { numRuns: 50 },
    );
  });

  it('by records of a single row is what they reveal about the others', () => {
    fc.assert(
      fc.property(likeRows, ({ artifact, first }) => {
        const [raw, bins] = recordsOf(artifact, first).map((text) =>
          typeof text === 'string' && text.startsWith('{') ? JSON.parse(text) : undefined,
        );
        for (const { name } of artifact.features) {
          const isSensitive = artifact.sensitive.includes(name);
          assert.equal(raw.features[name] === redacted, isSensitive);
          assert.equal(bins.bins[name] === redacted, isSensitive);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('by a sample’s score and other values is all, by their bins a range: as docs/security.md says', async () => {
    const artifact = sealArtifact({ ...credit, sensitive: ['limit'] });
    const scoreOf = scorerOf(artifact);
    const { monitor } = deployed(artifact);
    const row = { age: 30, limit: 2000, history: 'none' };
    const score = scoreOf(row);
    const { bins, outside } = monitor.observe(row, score);
    const [raw, binned] = (['raw', 'bins'] as const).map((values) => {
      const format = createSampleFormatter({ artifact, values });
      return JSON.parse(format('t', 'id', undefined, undefined, row, bins, outside, score, 1));
    });
    /** The limit with which the score comes out, by bisection: the score rises with it. */
    const limitOf = (age: number, history: string) => {
      let [low, high] = [0, 1e6];
      for (let i = 0; i < 60; i++) {
        const middle = (low + high) / 2;
        if (scoreOf({ age, limit: middle, history }) < raw.score) low = middle;
        else high = middle;
      }
      return Math.round(low);
    };
    assert.equal(raw.features.limit, redacted);
    assert.equal(limitOf(raw.features.age, raw.features.history), 2000);
    assert.deepEqual([binned.bins.age, binned.bins.limit], ['03 (28.5, 30.5]', redacted]);
    assert.deepEqual(
      [29, 30].map((age) => limitOf(age, 'none')),
      [1846, 2000],
    );
    const page = (await readFile('docs/security.md', 'utf8')).replaceAll(/\s+/g, ' ');
    assert.match(page, /an age in \(28\.5, 30\.5\], 29 or 30, puts a limit of 2,000 between 1,846 and 2,000/);
  });

  it('by a report is counts, never a value of a row', async () => {
    const secretNumber = (i: number) => 91_300_000 + i * 7.0625;
    const secretText = (i: number) => `SECRET-${i % 7}`;
    await fc.assert(
      fc.asyncProperty(kinds, fc.boolean(), fc.boolean(), async (chosen, isTable, fromFile) => {
        const artifact = artifactOf(
          chosen,
          chosen.map(() => true),
        );
        const rows = Array.from({ length: 60 }, (_row, i) =>
          Object.fromEntries(
            chosen.map((kind, k) => [`f${k}`, kind === 'numeric' ? secretNumber(i) : secretText(i)]),
          ),
        );
        await using folder = await temporaryFolder();
        const text = isTable
          ? toCsv(rows)
          : `${toJsonl(rows.map((features) => ({ features, score: 0.5 })))}{"features":{"f0":${JSON.stringify(secretText(0))}\n`;
        const path = await folder.write(isTable ? 'rows.csv' : 'rows.jsonl', text);
        const reference = fromFile
          ? await fileReference([path], { artifact, chooseFeatures: null })
          : artifactReference(artifact);
        const report = computeReport(
          reference,
          await countLive([path], reference, { artifact, backtest: false }),
          artifact,
        );
        const outputs = [
          JSON.stringify(report),
          JSON.stringify(renderText(report)),
          renderHtml(report, null),
        ];
        for (const output of outputs) {
          assert.doesNotMatch(output, /SECRET/);
          for (let i = 0; i < rows.length; i++) assert.ok(!output.includes(String(secretNumber(i))));
          assert.doesNotMatch(output, /(?<![\d.])91[,. ]?3\d\d[,. ]?\d\d\d/);
        }
        for (const { summary, bins, samples } of report.features) {
          assert.equal(summary, null);
          assert.equal(samples, 60);
          assert.equal(
            bins.reduce((sum, { live }) => sum + live, 0),
            60,
          );
        }
      }),
      { numRuns: 25 },
    );
  });

  it('cannot be queried by choosing rows', () => {
    const artifact = artifactOf(['numeric', 'categorical'], [true, true]);
    for (const [name, bin] of [
      ['f0', 'above'],
      ['f0', '00'],
      ['f1', 'unseen'],
      ['f1', category.categories[0]],
    ]) {
      assert.throws(() => createRowMatcher(artifact, name, bin), /sensitive: rows cannot be chosen by it/);
    }
  });
});

describe('a service whose model has sensitive features', () => {
  let sink: OtlpSink;
  before(async () => {
    sink = await startOtlpSink();
  });
  after(() => sink.close());

  const row = { age: 33, limit: 987_654_321, history: 'SECRET of a client' };
  const known = { ...row, history: category.categories[0] };
  const refusal = ({ events }: OtlpSink['spans'][number]) => events.length > 0;
  const secrets = /SECRET|987[,.]?654|all paid|= /;

  for (const mode of modes) {
    it(`keeps them to itself with SAMPLES_VALUES=${mode}`, async () => {
      await using folder = await temporaryFolder();
      const model = join(folder.path, 'model.json');
      await writeFile(
        model,
        JSON.stringify(
          sealArtifact({ ...credit, protected: ['limit', 'history'], sensitive: ['limit', 'history'] }),
        ),
      );
      const service = await startTestService({
        MODEL_PATH: model,
        SAMPLES_VALUES: mode,
        LOG_PAYLOAD: String(mode !== 'off'),
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      });
      try {
        sink.spans.length = 0;
        for (let i = 0; i < 30; i++) {
          await postJson(`${service.api}/predict?explain=true`, i % 2 === 0 ? row : known);
        }
        const refused = await postJson(`${service.api}/predict`, { ...row, history: 5, limit: 'SECRET' });
        assert.equal(refused.status, 422);
        assert.doesNotMatch(JSON.stringify(refused.body), secrets);
        for (const faulty of [{ age: 33 }, { ...row, limit: null }, { ...row, history: 'x'.repeat(300) }]) {
          assert.equal((await postJson(`${service.api}/predict`, { ...faulty, '987654': 1 })).status, 422);
        }
        const lines = await eventually(async () => {
          const kept = await readJsonLines(service.samplesPath);
          assert.equal(kept.length, 30);
          assert.equal(sink.spans.filter(({ name }) => name === 'predict').length, 30);
          assert.equal(sink.spans.filter(refusal).length, 4);
          assert.ok(service.logLines().length >= 34);
          return kept;
        });
        const logged = service.logLines().filter(({ event }) => event === 'predict');
        assert.equal(logged.length, 30);
        for (const { score, payload } of logged) {
          assert.equal(payload === undefined, mode === 'off');
          assert.equal(typeof score, mode === 'off' ? 'number' : 'undefined', 'no score beside other values');
        }
        for (const { name, attributes } of sink.spans) {
          assert.equal(attributes['model.score'], undefined);
          if (name === 'predict') assert.ok(attributes['model.prediction']);
        }
        // a stack names functions and files, and may name a test
        const events = sink.spans.map((span) => span.events);
        const told = JSON.stringify(events).replaceAll(/\\n +at [^\\"]*/g, '');
        assert.doesNotMatch(told, /limit|history|must|required|field/);
        const drift = await (await fetch(`${service.admin}/drift`)).text();
        const page = await (await fetch(service.admin)).text();
        assert.equal(JSON.parse(drift).windows['10m'].features[2].samples, 30);
        for (const text of [drift, page]) assert.doesNotMatch(text, /SECRET|987654321/);

        for (const text of [lines, service.logLines(), sink.spans].map((records) =>
          JSON.stringify(records),
        )) {
          assert.doesNotMatch(text, secrets);
        }
        const options = ['--live', service.samplesPath, '--model', model];
        for (const args of [options, [...options, '--json']]) {
          const shown = await runCommand('samples', args);
          assert.equal(shown.code, 0, shown.stderr);
          assert.doesNotMatch(shown.stdout, secrets);
        }
        const chosen = await runCommand('samples', [...options, '--bin', 'history=unseen']);
        assert.equal(chosen.code, 2);
        assert.match(chosen.stderr, /^--bin: the model calls history sensitive: rows cannot be chosen by it/);
        const report = await runCommand('drift', ['--live', service.samplesPath, '--model', model]);
        assert.equal(report.code, 0, report.stderr);
        if (mode !== 'off') {
          assert.match(
            report.stdout.replaceAll(/\s+/g, ' '),
            /Not available from samples, which withhold history/,
          );
          assert.doesNotMatch(report.stdout, /hold bins that the reference does not have/);
        }
        const accept = [
          '--live',
          service.samplesPath,
          '--accepted-by',
          'x',
          '--reason',
          'x',
          '--out',
          join(folder.path, 'x'),
        ];
        const rebased = await runCommand('rebaseline', ['--model', model, ...accept]);
        assert.equal(rebased.code, 1);
        if (mode !== 'off') assert.match(rebased.stderr, /^limit: no row holds a value, as samples withhold/);
      } finally {
        await service.stop();
      }
    });
  }
});

import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Artifact, formatArtifact, parseArtifact } from '../../src/model/artifact.ts';
import { countLive } from '../../src/report/compute/count-live.ts';
import { countReferenceSegments } from '../../src/report/compute/count-reference-segments.ts';
import { artifactReference } from '../../src/report/compute/drift-reference.ts';
import { publishedReport } from '../../src/report/compute/drift-report.ts';
import { fileReference } from '../../src/report/compute/file-reference.ts';
import { rebaselineOn } from '../../src/report/compute/rebaseline-on.ts';
import { computeReport } from '../../src/report/compute-report.ts';
import { renderHtml } from '../../src/report/render/render-html.ts';
import { renderText } from '../../src/report/render/render-text.ts';
import { eventually, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { artifacts, rowsOf } from './artifacts.ts';

const numRuns = Number(process.env.FUZZ_MODELS ?? 20);
/** Every model stays exposed for a while, so a service gets at most this many. */
const modelsPerService = 50;

/** A model, and rows that it accepts. */
const drawn = artifacts.chain((artifact) =>
  fc.record({
    artifact: fc.constant(artifact),
    rows: fc.array(rowsOf(artifact), { minLength: 2, maxLength: 8 }),
  }),
);

describe(`${numRuns} models drawn at random, with rows of every kind of number`, function () {
  this.timeout(30_000 + numRuns * 15_000);

  for (let begun = 0; begun < numRuns; begun += modelsPerService) {
    it(`leave every figure finite (from model ${begun + 1} on)`, async () => {
      const run = await openRun();
      try {
        await fc.assert(fc.asyncProperty(drawn, run.check), {
          numRuns: Math.min(modelsPerService, numRuns - begun),
          endOnFailure: process.env.FUZZ_MODELS === undefined,
        });
        await run.finish();
      } finally {
        await run.service.stop();
      }
    });
  }
});

async function openRun() {
  const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
  const modelPath = join(folder, 'model.json');
  await writeFile(modelPath, formatArtifact(fc.sample(artifacts, { numRuns: 1, seed: 1 })[0]));
  const service = await startTestService({ MODEL_PATH: modelPath, OUTCOME_MATURITY_DAYS: '0' }, folder);
  const answered = new Map<string, { artifact: Artifact; rows: number }>();
  let reloads = 0;
  let counters = new Map<string, number>();

  /** Loads the model into the running service. */
  async function load(artifact: Artifact): Promise<void> {
    const text = formatArtifact(artifact);
    parseArtifact(text, 'the drawn model');
    await writeFile(modelPath, text);
    reloads++;
    service.process.kill('SIGHUP');
    await eventually(() => {
      const said = service.logLines().filter(({ event }) => event === 'reload');
      assert.equal(said.length, reloads);
      assert.match(String(said.at(-1)?.msg), /answers from now on|is the same as before/);
    });
  }

  async function check({ artifact, rows }: { artifact: Artifact; rows: readonly string[] }): Promise<void> {
    await load(artifact);
    const ids: string[] = [];
    for (const [i, row] of rows.entries()) ids.push(await predict(service, row, i % 2 === 0));
    const before = answered.get(artifact.version)?.rows ?? 0;
    answered.set(artifact.version, { artifact, rows: before + rows.length });

    const outcomes = ids.map((id, i) => ({ id, outcome: i % 2 === 0 ? 'yes' : 'no' }));
    const receipt = await fetch(`${service.admin}/outcomes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(outcomes),
    });
    assert.equal(receipt.status, 202);
    const { accepted } = (await receipt.json()) as { accepted: number };
    assert.equal(accepted, ids.length);

    const exposition = await text(service, '/metrics');
    counters = checkSeries(exposition, counters);
    if (before === 0) checkSums(exposition, artifact, rows);
    checkDrift(await text(service, '/drift'), artifact);
    checkPerformance(await text(service, '/performance'), artifact, before + rows.length);
    // the script of the page may say null, what it shows may not
    const page = (await text(service, '/')).replace(/<script>.*<\/script>/s, '');
    const strange = /.{0,60}(?:NaN|Infinity|undefined|\bnull\b).{0,40}/.exec(page)?.[0];
    assert.equal(strange, undefined);
  }

  /** Ends the service and reads what it leaves behind. */
  async function finish(): Promise<void> {
    await service.signal('SIGTERM');
    const predictions = service.logLines().filter(({ event }) => event === 'predict');
    let rows = 0;
    for (const one of answered.values()) {
      rows += one.rows;
      await checkTools(one.artifact, service.samplesPath, one.rows);
    }
    assert.equal(predictions.length, rows);
    for (const { score } of predictions) assert.ok(Number(score) >= 0 && Number(score) <= 1, String(score));
  }
  return { service, check, finish };
}

async function text({ admin }: TestService, path: string): Promise<string> {
  const response = await fetch(`${admin}${path}`);
  assert.equal(response.status, 200);
  return response.text();
}

async function predict({ api }: TestService, row: string, explains: boolean): Promise<string> {
  const response = await fetch(`${api}/predict${explains ? '?explain=true' : ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: row,
  });
  const answer = await response.text();
  assert.equal(response.status, 200, answer);
  const { score, id, reasons = [] } = JSON.parse(answer);
  assert.ok(typeof score === 'number' && score >= 0 && score <= 1, answer);
  for (const { logOdds } of reasons) assert.ok(Math.abs(logOdds) <= 1400, answer);
  return id;
}

/** Every value is finite, and no counter is below what it was. @returns the counters */
function checkSeries(exposition: string, before: ReadonlyMap<string, number>): Map<string, number> {
  const counters = new Map<string, number>();
  for (const line of exposition.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const at = line.lastIndexOf(' ');
    const [series, value] = [line.slice(0, at), Number(line.slice(at + 1))];
    assert.ok(Number.isFinite(value), line);
    if (/^[a-z_]+_(total|count|bucket)\b/.test(series)) counters.set(series, value);
  }
  for (const [series, value] of counters) assert.ok(value >= (before.get(series) ?? 0), series);
  return counters;
}

/** Sums hold what lies within their bounds, and the rest is counted apart: no value makes those of others stand still. */
function checkSums(exposition: string, { features, version }: Artifact, rows: readonly string[]): void {
  for (const feature of features) {
    if (feature.kind !== 'numeric') continue;
    const { min, max } = feature.summary;
    const beyond = 10 * Math.max(Math.abs(min), Math.abs(max));
    const isFar = (value: number) => value < min - beyond || value > max + beyond || Math.abs(value) > 1e100;
    const values = rows.map((row) => JSON.parse(row)[feature.name]).filter((value) => value !== null);
    const labels = { version, feature: feature.name };
    const far = (side: string) =>
      seriesValue(exposition, 'model_feature_far_outside_range_total', { ...labels, side }) ?? Number.NaN;
    assert.equal(far('below') + far('above'), values.filter(isFar).length);
    assert.equal(seriesValue(exposition, 'model_feature_value_count', labels), values.length);
    assert.equal(
      seriesValue(exposition, 'model_feature_value_sum', labels),
      values.filter((value) => !isFar(value)).reduce((sum, value) => sum + value, 0),
    );
  }
}

function checkDrift(body: string, { features, version }: Artifact): void {
  const { model, windows } = JSON.parse(body);
  assert.equal(model.version, version);
  for (const { features: drifts, score, scoreShift, segments } of Object.values<any>(windows)) {
    for (const drift of [...drifts, score]) {
      for (const figure of ['psi', 'psiNoiseCeiling', 'jensenShannonDistance', 'missing', 'unseen']) {
        assert.ok(Number.isFinite(drift[figure]), `${drift.name} ${figure}: ${drift[figure]}`);
      }
    }
    for (const { segment, samples, variables } of segments) {
      for (const drift of variables) {
        assert.equal(drift.samples, samples, `${segment} ${drift.name}`);
        // without rows on either side there is nothing to say
        const isKnown = samples > 0 && drift.referenceSamples > 0;
        for (const figure of ['psi', 'psiNoiseCeiling', 'jensenShannonDistance']) {
          assert.equal(Number.isFinite(drift[figure]), isKnown, `${segment} ${drift.name} ${figure}`);
        }
      }
    }
    assert.equal(scoreShift.features.length, features.length);
    const shifts = scoreShift.features.flatMap(({ reference, live, shift }: any) => [reference, live, shift]);
    for (const shift of [scoreShift.total, ...shifts]) {
      assert.ok(Number.isFinite(shift) && Math.abs(shift) <= 1400 * features.length, String(shift));
    }
  }
}

function checkPerformance(body: string, { version }: Artifact, outcomes: number): void {
  const found = JSON.parse(body).models.find(({ model }: any) => model.version === version);
  const { realised, estimated, observedExpected, calibration, coverage } = found.sinceStart;
  assert.equal(realised.samples, outcomes);
  assert.equal(coverage.all.share, 1);
  const figures = [
    realised.brier,
    realised.logLoss,
    realised.expectedCalibrationError,
    estimated.samples,
    estimated.accuracy.value,
    observedExpected.expected,
    calibration.chiSquare,
  ];
  for (const figure of figures) assert.ok(Number.isFinite(figure), JSON.stringify(found.sinceStart));
}

/** The samples, through the report and a new reference. */
async function checkTools(artifact: Artifact, samples: string, rows: number): Promise<void> {
  const options = { artifact, chooseFeatures: null };
  const by = artifact.segments?.map(({ feature }) => feature) ?? [];
  const later = await fileReference([samples], { ...options, leavesOutFar: true, chooseSegments: () => by });
  const segments = by.length > 0 ? await countReferenceSegments(later, later.features, artifact) : null;
  for (const reference of [artifactReference(artifact), await fileReference([samples], options)]) {
    const live = await countLive([samples], reference, { artifact, backtest: true });
    const report = computeReport(reference, live, artifact);
    assert.equal(report.live.samples, rows);
    checkNumbers(publishedReport(report));
    for (const shown of [JSON.stringify(renderText(report)), renderHtml(report, null)]) {
      assert.doesNotMatch(shown, /NaN|Infinity|∞|undefined/);
    }
    for (const { logOddsChange } of report.features) assert.notEqual(logOddsChange, null);
  }
  const rebased = (): Artifact =>
    rebaselineOn(artifact, later, { by: 'a', at: '2026-01-31T12:00:00.000Z', reason: 'b' }, segments);
  const lost = later.features.find(({ bins, summary, far: [below, above] }) => {
    return bins.kind === 'numeric' && summary === null && below + above > 0;
  });
  if (lost === undefined) {
    checkNumbers(rebased());
    assert.equal(rebased().segments?.length ?? 0, by.length);
  } else assert.throws(rebased, /every value lies far beyond the reference of/);
}

function checkNumbers(value: unknown, path = ''): void {
  if (typeof value === 'number') assert.ok(Number.isFinite(value), `${path}: ${value}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) checkNumbers(member, `${path}.${key}`);
}

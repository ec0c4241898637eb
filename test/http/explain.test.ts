import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { explanationOf, logisticOf } from '../support/model-parts.ts';
import { type OtlpSink, startOtlpSink } from '../support/otlp-sink.ts';
import { eventually, postJson, seriesValue, startTestService, type TestService } from '../support/service.ts';

/** Long enough for a scrape on a busy machine. */
const maxHoldS = 0.1;
const row = { age: 22, limit: 9000, history: 'none' };

describe('the reasons of a prediction', () => {
  let sink: OtlpSink;
  let service: TestService;
  let artifact: Artifact;

  before(async () => {
    sink = await startOtlpSink();
    artifact = await loadArtifact('models/credit.json');
    service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
  });
  after(async () => {
    await service.stop();
    sink.close();
  });

  const spanOf = (traceId: string) =>
    eventually(() => {
      const span = sink.spans.find((one) => one.traceId === traceId && one.name === 'predict');
      assert.ok(span);
      return span;
    });
  const predict = (url: string, traceId: string) =>
    postJson(url, row, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });

  it('are in the answer only if requested', async () => {
    const { body } = await postJson(`${service.api}/predict?explain=true`, row);
    assert.deepEqual(
      body.reasons,
      explanationOf(artifact).createExplainer(artifact.features.map(({ name }) => name))(row),
    );
    for (const query of ['?a=b&explain=true', '?%65xplain=true&a', '?explain=tru%65']) {
      assert.ok((await postJson(`${service.api}/predict${query}`, row)).body.reasons, query);
    }
    for (const query of [
      ...['', '?', '?explain=false', '?explain', '?other=true', '?a=?explain=true'],
      ...['?explain=true&explain=true', '?explain=false&explain=true', '?Explain=true'],
    ]) {
      const plain = (await postJson(`${service.api}/predict${query}`, row)).body;
      assert.equal('reasons' in plain, false, query);
      assert.equal(plain.score, body.score);
    }
  });

  it('are an error if the request is ambiguous: nothing is predicted', async () => {
    const predictions = async () => {
      const text = await (await fetch(`${service.admin}/metrics`)).text();
      const count = (prediction: string) => seriesValue(text, 'model_predictions_total', { prediction }) ?? 0;
      return count('good') + count('bad');
    };
    const before = await predictions();
    for (const value of ['True', '1', 'yes', '%20true']) {
      const { status, body } = await postJson(`${service.api}/predict?explain=${value}`, row);
      assert.deepEqual([status, body.type], [400, 'urn:vigia:problem:invalid-query'], value);
      assert.equal(body.detail, 'explain must be true or false, in lower case');
    }
    assert.equal(await predictions(), before);
  });

  it('are found in the longest query without delaying others', async () => {
    const holds: number[] = [];
    for (const part of ['a=b&', 'a&', '&', 'explain=true&', '%41=&']) {
      const url = `${service.api}/predict?${part.repeat(15_000 / part.length)}`;
      for (let best = 1, i = 0; i < 5; i++) {
        await fetch(`${service.admin}/metrics`);
        assert.equal((await postJson(url, row)).status, 200);
        const text = await (await fetch(`${service.admin}/metrics`)).text();
        best = Math.min(best, seriesValue(text, 'nodejs_eventloop_delay_max_seconds') ?? best);
        if (i === 4 || best < maxHoldS) holds.push(best);
        if (best < maxHoldS) break;
      }
    }
    assert.ok(Math.max(...holds) < maxHoldS, `${holds} s`);
  });

  it('are in the trace, as names and weights', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4701';
    await predict(`${service.api}/predict`, traceId);
    const { attributes } = await spanOf(traceId);
    const reasons = explanationOf(artifact).createExplainer(artifact.features.map(({ name }) => name))(row);
    assert.deepEqual(
      attributes['model.reasons.features'],
      reasons.map(({ feature }) => feature),
    );
    const weights = attributes['model.reasons.log_odds'] as number[];
    assert.equal(weights.length, reasons.length);
    for (const [i, { logOdds }] of reasons.entries()) assert.ok(Math.abs(weights[i] - logOdds) <= 0.005);
  });

  it('leave out of the trace what is sensitive', async () => {
    const { version: _, ...content } = artifact;
    const path = join(service.folder, 'sensitive.json');
    await writeFile(path, JSON.stringify(sealArtifact({ ...content, sensitive: ['limit'] })));
    const other = await startTestService({ MODEL_PATH: path, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
    try {
      const traceId = '4bf92f3577b34da6a3ce929d0e0e4702';
      const { body } = await predict(`${other.api}/predict?explain=true`, traceId);
      assert.ok(body.reasons.some(({ feature }: { feature: string }) => feature === 'limit'));
      const { attributes } = await spanOf(traceId);
      assert.ok(!(attributes['model.reasons.features'] as string[]).includes('limit'));
    } finally {
      await other.stop();
    }
  });
});

describe('GET /drift', () => {
  it('shows how much of the score’s shift each feature explains', async () => {
    const service = await startTestService();
    try {
      const artifact = await loadArtifact('models/credit.json');
      let logOdds = 0;
      for (let i = 0; i < 40; i++) {
        const { body } = await postJson(`${service.api}/predict`, { ...row, limit: 9000 + i });
        logOdds += Math.log(body.score / (1 - body.score));
      }
      const { windows } = (await (await fetch(`${service.admin}/drift`)).json()) as any;
      const { total, features } = windows['1h'].scoreShift;
      const average = logisticOf(artifact).features.reduce(
        (sum, { meanContribution }) => sum + meanContribution,
        logisticOf(artifact).intercept,
      );
      assert.ok(Math.abs(total - (logOdds / 40 - average)) < 1e-9);
      assert.equal(features.length, artifact.features.length);
      assert.equal(features[0].name, 'limit');
    } finally {
      await service.stop();
    }
  });
});

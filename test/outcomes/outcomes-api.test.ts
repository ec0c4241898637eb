import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Validator } from '@seriousme/openapi-schema-validator';
import { sealArtifact } from '../../src/model/artifact.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';
import { openRaw } from '../support/raw-connection.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  seriesValue,
  startTestService,
  type TestService,
} from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const key = 'the key that all tests here share';
const env = { OUTCOME_KEYS: key };
const row = { age: 30, limit: 2000, history: 'good' };
const movableClock = fileURLToPath(new URL('../faults/programs/movable-clock.ts', import.meta.url));
const dayMs = 86_400_000;

async function predict({ api }: TestService, input: object = row) {
  return (await postJson(`${api}/predict`, input)).body as {
    id: string;
    score: number;
    prediction: string;
    model: { name: string; version: string };
  };
}

const scrape = async ({ admin }: TestService) => (await fetch(`${admin}/metrics`)).text();

/** Requests for `POST /outcomes` of the public API that were answered with this status. */
const requestsCounted = (text: string, status: number) =>
  seriesValue(text, 'http_server_request_duration_seconds_count', {
    http_request_method: 'POST',
    http_route: '/outcomes',
    http_response_status_code: String(status),
  });

describe('POST /outcomes', () => {
  let service: TestService;
  let report: (body: unknown, headers?: Record<string, string>) => ReturnType<typeof postJson>;
  before(async () => {
    service = await startTestService(env);
    report = (body, headers) => postJson(`${service.admin}/outcomes`, body, headers);
  });
  after(() => service.stop());

  const received = async (result: string) =>
    seriesValue(await scrape(service), 'outcomes_received_total', { result }) ?? Number.NaN;

  it('joins an outcome with its prediction, stores it and counts it', async () => {
    const { id, score, prediction, model } = await predict(service);
    const before = await received('accepted');
    const { status, body } = await report({ id, outcome: 'bad' });
    assert.equal(status, 202);
    assert.deepEqual(body, { accepted: 1, duplicate: 0, expired: 0, invalid: [] });
    const line = (await readJsonLines(service.outcomesPath)).at(-1);
    assert.deepEqual(Object.keys(line), [
      'time',
      'id',
      'outcome',
      'model',
      'version',
      'score',
      'prediction',
      'predictedAt',
      'slot',
      'line',
      'lastLine',
    ]);
    const { time, predictedAt, slot, line: number, lastLine, ...kept } = line;
    assert.deepEqual([slot, lastLine], [1, number]);
    assert.deepEqual(kept, {
      id,
      outcome: 'bad',
      model: model.name,
      version: model.version,
      score,
      prediction,
    });
    assert.ok(Date.parse(predictedAt) <= Date.parse(time));
    assert.equal(await received('accepted'), before + 1);
    const sample = await eventually(async () => {
      const found = (await readJsonLines(service.samplesPath)).find((one) => one.id === id);
      assert.ok(found);
      return found;
    });
    assert.equal(sample.time, predictedAt);
  });

  it('counts an outcome once, whatever is sent later', async () => {
    const { id } = await predict(service);
    await report({ id, outcome: 'good' });
    const { body } = await report([
      { id, outcome: 'good' },
      { id, outcome: 'bad' },
    ]);
    assert.deepEqual(body, { accepted: 0, duplicate: 2, expired: 0, invalid: [] });
    const lines = (await readJsonLines(service.outcomesPath)).filter((line) => line.id === id);
    assert.deepEqual(
      lines.map(({ outcome }) => outcome),
      ['good'],
    );
  });

  it('counts one of two that are sent at the same moment', async () => {
    const { id } = await predict(service);
    const answers = await Promise.all(Array.from({ length: 20 }, () => report({ id, outcome: 'good' })));
    assert.equal(answers.filter(({ body }) => body.accepted === 1).length, 1);
    assert.equal(answers.filter(({ body }) => body.duplicate === 1).length, 19);
  });

  it('says what is wrong, by index and reason, and accepts the rest', async () => {
    const { id } = await predict(service);
    const { id: other } = await predict(service);
    const forged = createTokens([Buffer.from('another key altogether')]).sign(
      digestModel({ name: 'credit', version: 'x' }),
      Date.now(),
      0.5,
      1,
    );
    const tokens = createTokens([Buffer.from(key)]);
    const foreign = tokens.sign(digestModel({ name: 'credit', version: 'never here' }), Date.now(), 0.5, 1);
    const old = tokens.sign(digestModel({ name: 'credit', version: 'x' }), Date.now() - 401 * dayMs, 0.5, 1);
    const before = await received('invalid_id');
    const { status, body } = await report([
      { id, outcome: 'good' },
      { id: forged, outcome: 'good' },
      { id: `${other.slice(0, -1)}${other.endsWith('A') ? 'B' : 'A'}`, outcome: 'good' },
      { id: 7, outcome: 'good' },
      { id: other },
      'text',
      null,
      { id: foreign, outcome: 'good' },
      { id: other, outcome: 'maybe' },
      { id: old, outcome: 'good' },
    ]);
    assert.equal(status, 202);
    const { invalid, ...counts } = body;
    assert.deepEqual(counts, { accepted: 1, duplicate: 0, expired: 1 });
    assert.deepEqual(
      invalid.map(({ index, reason }: { index: number; reason: string }) => `${index} ${reason}`),
      [
        '1 invalid_id',
        '2 invalid_id',
        '3 malformed',
        '4 malformed',
        '5 malformed',
        '6 malformed',
        '7 unknown_model',
        '8 unknown_class',
      ],
    );
    assert.ok(invalid.every(({ message }: { message: string }) => message.length > 10));
    assert.equal(await received('invalid_id'), before + 2);
  });

  it('refuses a single unknown class with 422, naming the classes', async () => {
    const { id } = await predict(service);
    const { status, headers, body } = await report({ id, outcome: 'maybe' });
    assert.equal(status, 422);
    assert.equal(headers.get('content-type'), 'application/problem+json');
    assert.equal(body.type, 'urn:vigia:problem:invalid-outcome');
    assert.match(body.detail, /^unknown_class: .*"good" or "bad"$/);
  });

  it('answers 422 if nothing was accepted and something is invalid, with the result of each', async () => {
    const { id } = await predict(service);
    assert.equal((await report({ id, outcome: 'good' })).status, 202);
    const forged = { id: 'x'.repeat(68), outcome: 'good' };
    for (const [items, duplicate, reasons, detail] of [
      [forged, 0, ['0 invalid_id'], /^invalid_id: .* signed$/],
      [7, 0, ['0 malformed'], /^malformed: must be a JSON object/],
      [
        [forged, null, forged],
        0,
        ['0 invalid_id', '1 malformed', '2 invalid_id'],
        /^outcome 0: .*, and 2 more$/,
      ],
      // sent again, what was accepted is a duplicate
      [[{ id, outcome: 'good' }, forged], 1, ['1 invalid_id'], /^outcome 1: invalid_id: /],
    ] as const) {
      const before = await received('invalid_id');
      const { status, body } = await report(items);
      assert.equal(status, 422);
      const { type, accepted, expired, invalid } = body;
      assert.deepEqual(
        [type, accepted, body.duplicate, expired],
        ['urn:vigia:problem:invalid-outcome', 0, duplicate, 0],
      );
      const found = invalid.map(
        ({ index, reason }: { index: number; reason: string }) => `${index} ${reason}`,
      );
      assert.deepEqual(found, reasons);
      assert.match(body.detail, detail);
      const forgeries = reasons.filter((reason) => reason.endsWith('invalid_id')).length;
      assert.equal(await received('invalid_id'), before + forgeries);
    }
    const { status, body } = await report('{"id":1}\nnonsense\n', { 'content-type': 'application/x-ndjson' });
    assert.deepEqual([status, body.invalid.length], [422, 2]);
  });

  it('answers 202 if nothing was accepted and nothing is invalid', async () => {
    const { id } = await predict(service);
    await report({ id, outcome: 'good' });
    assert.deepEqual(await report([]).then(({ status, body }) => [status, body.accepted]), [202, 0]);
    const { status, body } = await report({ id, outcome: 'bad' });
    assert.deepEqual([status, body.duplicate], [202, 1]);
  });

  it('accepts 10,000 lines of NDJSON, besides torn ones, and not one more', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, async () => (await predict(service)).id));
    const lines = Array.from({ length: 10_000 }, (_, i) =>
      JSON.stringify({ id: ids[i % 50], outcome: 'good' }),
    );
    lines[7000] = '{"id":';
    const headers = { 'content-type': 'application/x-ndjson' };
    const { status, body } = await report(lines.join('\n'), headers);
    assert.equal(status, 202);
    assert.equal(body.accepted, 50);
    assert.equal(body.duplicate, 9949);
    assert.deepEqual(
      body.invalid.map(({ index, reason }: { index: number; reason: string }) => [index, reason]),
      [[7000, 'malformed']],
    );
    const tooMany = await report([...lines, lines[0]].join('\r\n'), headers);
    assert.equal(tooMany.status, 413);
  });

  it('refuses what is not JSON, or too much of it', async () => {
    assert.equal((await report('{"id":')).status, 400);
    assert.equal((await report('x', { 'content-type': 'text/plain' })).status, 415);
    const { socket, closed } = openRaw(service.admin);
    const headers = 'host: localhost\r\ncontent-type: application/json\r\ncontent-length: 4194305';
    socket.write(`POST /outcomes HTTP/1.1\r\n${headers}\r\n\r\n`);
    assert.match(await closed, /^HTTP\/1\.1 413 /);
  });

  it('does not exist on the public API without a token file', async () => {
    assert.equal(requestsCounted(await scrape(service), 202), undefined);
    const { status } = await postJson(`${service.api}/outcomes`, { id: 'x', outcome: 'good' });
    assert.equal(status, 404);
  });

  it('shows realised and estimated performance side by side', async () => {
    const { models } = (await (await fetch(`${service.admin}/performance`)).json()) as any;
    const [{ sinceStart, windows, evaluation }] = models;
    const accepted = await received('accepted');
    assert.equal(sinceStart.realised.samples, accepted);
    assert.equal(windows['10m'].realised.samples, accepted);
    assert.ok(sinceStart.estimated.samples > accepted);
    assert.ok(sinceStart.estimated.accuracy.value > 0.5);
    assert.deepEqual(sinceStart.estimated.trust, { isTrusted: true, reasons: [] });
    assert.deepEqual(windows['24h'].estimated.trust, sinceStart.estimated.trust);
    assert.equal(sinceStart.coverage.all.labelled, accepted);
    for (const { outcomeDelays } of [sinceStart, windows['10m'], windows['24h']]) {
      assert.equal(outcomeDelays.good.outcomes + outcomeDelays.bad.outcomes, accepted);
      // they arrived immediately, in the first bucket: up to an hour
      assert.ok(outcomeDelays.good.p95Days > 0 && outcomeDelays.good.p95Days <= 1 / 24);
    }
    assert.ok(evaluation.rocAuc.value > 0.5);
  });
});

describe('outcomes through a restart', () => {
  it('count once a scrape has shown their series, even if the version no longer answers', async () => {
    const first = await startTestService(env);
    const { id } = await predict(first);
    const { id: late } = await predict(first);
    await postJson(`${first.admin}/outcomes`, { id, outcome: 'bad' });
    await first.signal('SIGKILL');
    const model = JSON.parse(await readFile('models/credit.json', 'utf8'));
    const { version, ...content } = model;
    const next = sealArtifact({
      ...content,
      output: { ...content.output, threshold: { value: 0.4, reason: 'test' } },
    });
    const path = join(first.folder, 'next.json');
    await writeFile(path, JSON.stringify(next));
    const second = await startTestService({ ...env, MODEL_PATH: path }, first.folder);
    try {
      const { body } = await postJson(`${second.admin}/outcomes`, [
        { id, outcome: 'bad' },
        { id: late, outcome: 'bad' },
      ]);
      assert.deepEqual(body, { accepted: 1, duplicate: 1, expired: 0, invalid: [] });
      let text = await eventually(async () => {
        const exposed = await scrape(second);
        assert.match(exposed, new RegExp(`^model_outcomes_total\\{.*version="${version}"`, 'm'));
        return exposed;
      });
      const counted = (wanted: string) =>
        [...text.matchAll(/^model_outcomes_total\{(.*)\} (\d+)$/gm)]
          .filter(([, labels]) => labels.includes(`version="${wanted}"`))
          .reduce((sum, [, , value]) => sum + Number(value), 0);
      // its counts begin at 0 for the first scrape
      assert.equal(counted(version), 0);
      // the earlier process was not scraped after it had taken one
      assert.equal(seriesValue(text, 'outcomes_held'), 2);
      assert.equal(counted(next.version), 0);
      assert.equal(text.match(/^# TYPE model_outcomes_total /gm)?.length, 1);
      text = await scrape(second);
      assert.equal(counted(version), 2);
      assert.equal(seriesValue(text, 'outcomes_held'), 0);
      await second.signal('SIGTERM');
      assert.deepEqual(
        second.logLines().filter(({ event }) => event === 'outcomes'),
        [],
      );
    } finally {
      await second.stop();
    }
  });
});

describe('outcomes that arrive early', () => {
  it('count when their predictions are old enough, also after a restart', async () => {
    const maturity = {
      ...env,
      OUTCOME_MATURITY_DAYS: '0.25',
      NODE_OPTIONS: `--import=${movableClock}`,
      // by no more than a clock may jump and still be trusted
      CLOCK_STEP_MS: String(dayMs / 2),
    };
    const first = await startTestService(maturity);
    let second: TestService | undefined;
    try {
      const { id } = await predict(first);
      const { body } = await postJson(`${first.admin}/outcomes`, { id, outcome: 'bad' });
      assert.equal(body.accepted, 1);
      const sum = (text: string, name: string) =>
        [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'gm'))].reduce(
          (total, [, value]) => total + Number(value),
          0,
        );
      const text = await scrape(first);
      assert.equal(sum(text, 'model_outcomes_total'), 0);
      assert.equal(sum(text, 'model_score_bin_matured_predictions_total'), 0);
      assert.equal(sum(text, 'model_outcome_delay_seconds_count'), 1);
      assert.equal(seriesValue(text, 'outcomes_held'), 1);
      await first.signal('SIGTERM');
      second = await startTestService(maturity, first.folder);
      const restarted = second;
      // the outcomes of the earlier process are read in the background
      await eventually(async () => {
        const early = await scrape(restarted);
        assert.equal(sum(early, 'model_outcomes_total'), 0);
        assert.equal(seriesValue(early, 'outcomes_held'), 1);
      });
      restarted.process.kill('SIGUSR2');
      await eventually(async () => {
        const later = await scrape(restarted);
        assert.equal(sum(later, 'model_outcomes_total'), 1);
        assert.equal(sum(later, 'model_score_bin_matured_predictions_total'), 1);
        assert.equal(seriesValue(later, 'outcomes_held'), 0);
      });
    } finally {
      await (second ?? first).stop();
    }
  });
});

describe('outcomes on the public API', () => {
  it('need one of the tokens of the file', async () => {
    await using folder = await temporaryFolder();
    const path = await folder.write('tokens', 'the-first-token-of-two\nthe-second-token-of-two\n');
    const service = await startTestService({ ...env, OUTCOMES_TOKEN_FILE: path });
    const counted = async () => {
      const text = await scrape(service);
      return [202, 401, 422, 503].map((status) => requestsCounted(text, status));
    };
    try {
      assert.deepEqual(await counted(), [0, 0, 0, 0], 'the first request of each is seen as an increase');
      const { id } = await predict(service);
      const send = (authorization?: string) =>
        postJson(`${service.api}/outcomes`, { id, outcome: 'bad' }, authorization ? { authorization } : {});
      for (const wrong of [
        undefined,
        'Bearer',
        'Bearer x',
        'Basic the-second-token-of-two',
        'Bearer the-second-toke',
      ]) {
        const { status, headers, body } = await send(wrong);
        assert.equal(status, 401);
        assert.equal(headers.get('www-authenticate'), 'Bearer');
        assert.equal(body.type, 'urn:vigia:problem:unauthorized');
      }
      assert.equal((await send('Bearer the-second-token-of-two')).body.accepted, 1);
      await eventually(async () => assert.deepEqual(await counted(), [1, 5, 0, 0]));
      const document = (await (await fetch(`${service.api}/openapi.json`)).json()) as any;
      assert.ok(document.paths['/outcomes'].post);
      assert.deepEqual((await new Validator().validate(document)).errors, undefined);
      assert.doesNotMatch(service.stderr() + JSON.stringify(service.logLines()), /second-token/);
    } finally {
      await service.stop();
    }
  });
});

describe('outcomes that cannot be stored', () => {
  it('are deferred while the disk refuses them, and accepted when it does not', async () => {
    const service = await startTestService(env);
    try {
      const { id } = await predict(service);
      const url = `${service.admin}/outcomes`;
      // a folder where the file should be stops every user, root too
      await rm(service.outcomesPath, { force: true });
      await mkdir(service.outcomesPath);
      const refused = await postJson(url, { id, outcome: 'bad' });
      assert.equal(refused.status, 503);
      assert.ok(Number(refused.headers.get('retry-after')) > 0);
      assert.equal((await predict(service)).prediction, 'good');
      await rm(service.outcomesPath, { recursive: true });
      assert.equal((await postJson(url, { id, outcome: 'bad' })).body.accepted, 1);
      const text = await scrape(service);
      assert.equal(seriesValue(text, 'outcomes_received_total', { result: 'deferred' }), 1);
      assert.equal(seriesValue(text, 'outcomes_received_total', { result: 'accepted' }), 1);
    } finally {
      await service.stop();
    }
  });
});

/**
 * What the service needs by size of the model: processor time, memory, disk, series and spans. `npm run bench:capacity`
 * writes the tables of docs/operating.md.
 */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomically } from '../src/files/write-file-atomically.ts';
import { type Artifact, loadArtifact, sealArtifact } from '../src/model/artifact.ts';
import { createRandom } from '../src/stats/random.ts';
import { drawFromReference } from '../src/traffic/reference-rows.ts';
import { formatNumber, summarise } from './figures.ts';
import { describeMachine, serverCore } from './machine.ts';
import { grouped, table } from './markdown.ts';
import { replaceBetweenMarkers } from './markers.ts';
import { startServer } from './server-process.ts';
import { creditModel } from './variants/credit-model.ts';
import { vigia } from './variants.ts';
import { widen } from './wide-artifact.ts';

const document = new URL('../docs/operating.md', import.meta.url).pathname;
const featureCounts = [3, 50, 300];
const modelCounts = [1, 5, 20];
const rounds = 3;
/** In each round, after as many to warm up. */
const requests = 4_000;
const tracedRequests = 500;
const connections = 10;
const outcomes = 1_000;
const token = 'token-of-the-bench-0123456789-abcdefghij';
/** No request is turned away because the machine is busy. */
const serviceEnv = { API_METRICS: 'full', MAX_EVENT_LOOP_DELAY_MS: '60000' };

type Size = {
  readonly features: number;
  /** Processor time of a prediction, all its threads. */
  readonly cpuMicros: number;
  readonly megabytes: number;
  readonly sampleBytes: number;
  readonly logBytes: number;
  readonly outcomeBytes: number;
  readonly series: number;
  readonly scrapeBytes: number;
  readonly spans: number;
  readonly spanBytes: number;
};

const folder = await mkdtemp(join(tmpdir(), 'bench-capacity-'));
const credit = await loadArtifact(creditModel);
const path = (name: string) => join(folder, name);
await writeFile(path('token'), token, { mode: 0o600 });
const sink = await startSpanSink();
try {
  const sizes = [];
  for (const features of featureCounts) sizes.push(await measureSize(features));
  const memory = [];
  for (const models of modelCounts) memory.push(await measureModels(models));
  const { host, commit } = describeMachine();
  const text = [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit}, ${host}. One model, ${grouped((rounds + 1) * requests)} predictions, ${grouped(outcomes)} outcomes.`,
    sizeTable(sizes),
    modelTable(memory),
  ].join('\n\n');
  console.log(text);
  const page = await readFile(document, 'utf8');
  await writeFileAtomically(document, replaceBetweenMarkers(page, 'bench:capacity', text, 'bench:capacity'));
} finally {
  sink.close();
  await rm(folder, { recursive: true });
}

async function measureSize(features: number): Promise<Size> {
  const artifact = widen(credit, features);
  await writeFile(path('model.json'), JSON.stringify(artifact));
  const measured = await measureProcess(artifact);
  const traced = await measureSpans(artifact);
  return { features, ...measured, ...traced };
}

/** Starts the service, sends predictions and some of their outcomes, and looks at what it has written. */
async function measureProcess(artifact: Artifact) {
  const server = await start(0);
  const ids = await predict(server.url, artifact, requests);
  const micros: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const from = server.cpuSeconds();
    ids.push(...(await predict(server.url, artifact, requests)));
    micros.push(((server.cpuSeconds() - from) / requests) * 1e6);
  }
  const reported = ids.slice(0, outcomes).map((id) => ({ id, outcome: artifact.output.positive }));
  await send(`${server.url}/outcomes`, reported, { authorization: `Bearer ${token}` });
  const exposition = await expose(server.url);
  const megabytes = server.rssMegabytes();
  // all is written by then
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const bytes = async (name: string) => (await stat(join(server.folder, name))).size;
  const found = {
    cpuMicros: summarise(micros).min,
    megabytes,
    sampleBytes: (await bytes('input_samples.jsonl')) / ids.length,
    logBytes: (await bytes('stdout')) / ids.length,
    outcomeBytes: (await bytes('outcomes.jsonl')) / outcomes,
    series: countSeries(exposition),
    scrapeBytes: exposition.length,
  };
  await server.stop();
  return found;
}

async function measureSpans(artifact: Artifact): Promise<{ spans: number; spanBytes: number }> {
  const before = sink.received();
  const server = await start(1);
  await predict(server.url, artifact, tracedRequests);
  await server.stop('SIGTERM');
  const { spans, bytes } = sink.received();
  return {
    spans: (spans - before.spans) / tracedRequests,
    spanBytes: (bytes - before.bytes) / (spans - before.spans),
  };
}

/** @param ratio the share of requests that is traced */
function start(ratio: number, models: Readonly<Record<string, string>> = { MODEL_PATH: path('model.json') }) {
  const { command, env } = vigia(sink.url, ratio);
  const own = { ...serviceEnv, OUTCOMES_TOKEN_FILE: path('token') };
  return startServer(command, { core: serverCore, env: { ...env, ...own, ...models } });
}

function countSeries(exposition: string): number {
  return exposition.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
}

/** The memory with several models of 50 features, each of which has predicted. */
async function measureModels(models: number): Promise<{ models: number; megabytes: number; series: number }> {
  const { version: _version, ...wide } = widen(credit, 50);
  const artifacts = Array.from({ length: models }, (_, i) => sealArtifact({ ...wide, name: `model-${i}` }));
  const files = artifacts.map(({ name }) => path(`${name}.json`));
  for (const [i, file] of files.entries()) await writeFile(file, JSON.stringify(artifacts[i]));
  const server = await start(0, { MODEL_PATH: files.join(','), DEFAULT_MODEL: 'model-0' });
  for (const artifact of artifacts) await predict(server.url, artifact, requests / models);
  const exposition = await expose(server.url);
  const megabytes = server.rssMegabytes();
  await server.stop();
  return { models, megabytes, series: countSeries(exposition) };
}

/** Sends rows like those of training; returns the ids of their predictions. */
async function predict(url: string, artifact: Artifact, count: number): Promise<string[]> {
  const draw = drawFromReference(artifact, createRandom(1));
  const rows = Array.from({ length: 100 }, () => draw());
  const ids: string[] = [];
  let sent = 0;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      while (sent < count) {
        const row = rows[sent++ % rows.length];
        ids.push(((await send(`${url}/models/${artifact.name}/predict`, row)) as { id: string }).id);
      }
    }),
  );
  return ids;
}

async function send(url: string, body: unknown, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  return response.json();
}

async function expose(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`, { headers: { accept: 'text/plain' } })).text();
}

/** Counts the spans that arrive, and their bytes, over OTLP/JSON. */
async function startSpanSink() {
  let spans = 0;
  let bytes = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString();
    spans += body.split('"spanId":').length - 1;
    bytes += body.length;
    response.setHeader('content-type', 'application/json').end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received: () => ({ spans, bytes }),
    close: () => server.close(),
  };
}

function sizeTable(sizes: readonly Size[]): string {
  const row = (what: string, value: (size: Size) => string) => [what, ...sizes.map(value)];
  const gigabytes = (bytes: number) => formatNumber(bytes / 1000, 2);
  const [smallest] = sizes;
  return table(
    ['features', ...sizes.map(({ features }) => String(features))],
    [
      row('requests/s of a core, as a share of those with 3 features', ({ cpuMicros }) =>
        formatNumber(smallest.cpuMicros / cpuMicros, 2),
      ),
      row('memory under load, MB', ({ megabytes }) => formatNumber(megabytes)),
      row('samples, GB per million predictions', ({ sampleBytes }) => gigabytes(sampleBytes)),
      row('log, GB per million predictions', ({ logBytes }) => gigabytes(logBytes)),
      row('outcomes, GB per million outcomes', ({ outcomeBytes }) => gigabytes(outcomeBytes)),
      row('series of a replica', ({ series }) => grouped(series)),
      row('a scrape, kB, not compressed', ({ scrapeBytes }) => grouped(Math.round(scrapeBytes / 1000))),
      row('spans of a traced request', ({ spans }) => formatNumber(spans, 1)),
      row('a span, bytes over OTLP/JSON', ({ spanBytes }) => grouped(Math.round(spanBytes))),
    ],
  );
}

function modelTable(memory: readonly { models: number; megabytes: number; series: number }[]): string {
  return table(
    ['models of 50 features in a process', ...memory.map(({ models }) => String(models))],
    [
      ['memory, MB', ...memory.map(({ megabytes }) => formatNumber(megabytes))],
      ['series', ...memory.map(({ series }) => grouped(series))],
    ],
  );
}

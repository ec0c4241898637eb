/**
 * What a row costs that was predicted elsewhere, in batches of 1,000 and one request a row, beside a prediction of the
 * service's own: `npm run bench:observations`. Processor time is that of the whole server process, system calls and the
 * writing of samples included.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadArtifact } from '../src/model/artifact.ts';
import { type Figure, formatFigure, summarise } from './figures.ts';
import { describeMachine, loadCore, pinned, serverCore } from './machine.ts';
import type { BodyForm } from './observations-load.ts';
import { startServer } from './server-process.ts';
import { creditModel } from './variants/credit-model.ts';
import { otlpSink, vigia } from './variants.ts';
import { widen } from './wide-artifact.ts';

type Way = {
  readonly what: string;
  readonly path: string;
  readonly form: BodyForm;
  readonly rows: number;
  readonly connections: number;
};

const execute = promisify(execFile);
const features = 10;
const rounds = 5;
const seconds = 3;
const token = 'token-of-the-bench-0123456789-abcdefghij';

const ways: readonly Way[] = [
  { what: 'batches of 1,000, NDJSON', path: '/observations', form: 'ndjson', rows: 1000, connections: 4 },
  { what: 'batches of 1,000, JSON array', path: '/observations', form: 'json', rows: 1000, connections: 4 },
  {
    what: 'batches of 1,000, NDJSON, without ids',
    path: '/observations?ids=false',
    form: 'ndjson',
    rows: 1000,
    connections: 4,
  },
  { what: 'one request a row', path: '/observations', form: 'json', rows: 1, connections: 50 },
  { what: 'POST /predict, for comparison', path: '/predict', form: 'predict', rows: 1, connections: 50 },
];

const folder = await mkdtemp(join(tmpdir(), 'vigia-bench-observations-'));
const sink = await startServer(otlpSink.command, { core: loadCore });
try {
  const model = join(folder, 'model.json');
  const tokenFile = join(folder, 'token');
  await writeFile(model, JSON.stringify(widen(await loadArtifact(creditModel), features)));
  await writeFile(tokenFile, token, { mode: 0o600 });
  const { host, commit, placement } = describeMachine();
  console.log(
    `${host}; commit ${commit}\n${placement}; ${features} features, samples on, ${rounds} rounds of ${seconds} s\n`,
  );
  const figures = ways.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, way] of ways.entries()) figures[i].push(await measure(way, model, tokenFile));
  }
  console.log(`${''.padEnd(40)}${'µs of processor time a row'.padEnd(30)}rows a second of it`);
  for (const [i, { what }] of ways.entries()) {
    const micros = summarise(figures[i]);
    console.log(`${what.padEnd(40)}${formatFigure(micros, 1).padEnd(30)}${formatFigure(perSecond(micros))}`);
  }
} finally {
  await sink.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Processor time a row, in µs, of a new process that has been warmed up. */
async function measure(way: Way, model: string, tokenFile: string): Promise<number> {
  const { command, env } = vigia(sink.url, 0);
  const server = await startServer(command, {
    core: serverCore,
    env: { ...env, MODEL_PATH: model, OUTCOMES_TOKEN_FILE: tokenFile },
  });
  try {
    await load(way, server.url, model, seconds);
    const before = server.cpuSeconds();
    const { rows } = await load(way, server.url, model, seconds);
    return ((server.cpuSeconds() - before) * 1e6) / rows;
  } finally {
    await server.stop();
  }
}

async function load(way: Way, api: string, model: string, duration: number): Promise<{ rows: number }> {
  const { path, form, rows, connections } = way;
  const program = new URL('observations-load.ts', import.meta.url).pathname;
  const args = [program, api + path, token, model, form, rows, connections, duration].map(String);
  const [file, ...rest] = pinned(loadCore, [process.execPath, ...args]);
  const { stdout } = await execute(file, rest);
  return JSON.parse(stdout) as { rows: number };
}

function perSecond({ median, min, max }: Figure): Figure {
  return { median: 1e6 / median, min: 1e6 / max, max: 1e6 / min };
}

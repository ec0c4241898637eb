import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadArtifact } from '../src/model/artifact.ts';
import { loadCore, pinned, serverCore } from './machine.ts';
import type { BodyForm } from './observations-load.ts';
import { startServer } from './server-process.ts';
import { creditModel } from './variants/credit-model.ts';
import { vigia } from './variants.ts';
import { widen } from './wide-artifact.ts';

/** A way in which rows are sent to the service. */
export type Way = {
  readonly what: string;
  readonly path: string;
  readonly form: BodyForm;
  /** A request. */
  readonly rows: number;
  readonly connections: number;
  /** That are measured, after half as many to warm up. */
  readonly requests: number;
};

/** Of the model that the rows are of. */
export const observedFeatures = 10;

const execute = promisify(execFile);
const token = 'token-of-the-bench-0123456789-abcdefghij';

/**
 * Makes the function that measures one way: a new process of the service as `npm start` runs it, warmed up, and then
 * the processor time of all its threads per row, in µs. The amount of work is fixed, not the time, so that a machine
 * that is busy with other things takes longer but measures about the same.
 *
 * @param sinkUrl OTLP over HTTP; no request is traced
 */
export async function openObservationCost(sinkUrl: string) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-observations-'));
  const model = join(folder, 'model.json');
  const tokenFile = join(folder, 'token');
  await writeFile(model, JSON.stringify(widen(await loadArtifact(creditModel), observedFeatures)));
  await writeFile(tokenFile, token, { mode: 0o600 });
  const { command, env } = vigia(sinkUrl, 0);
  const program = new URL('observations-load.ts', import.meta.url).pathname;

  async function load({ path, form, rows, connections }: Way, api: string, requests: number): Promise<void> {
    const args = [program, api + path, token, model, form, rows, connections, requests].map(String);
    const [file, ...rest] = pinned(loadCore, [process.execPath, ...args]);
    await execute(file, rest);
  }

  return {
    async measure(way: Way): Promise<number> {
      const server = await startServer(command, {
        core: serverCore,
        // no request is turned away because the machine is busy
        env: {
          ...env,
          MODEL_PATH: model,
          OUTCOMES_TOKEN_FILE: tokenFile,
          MAX_EVENT_LOOP_DELAY_MS: '60000',
        },
      });
      try {
        await load(way, server.url, way.requests / 2);
        const before = server.cpuSeconds();
        await load(way, server.url, way.requests);
        return ((server.cpuSeconds() - before) * 1e6) / (way.requests * way.rows);
      } finally {
        await server.stop();
      }
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

export const batches: Way = {
  what: 'batches of 1,000, NDJSON',
  path: '/observations',
  form: 'ndjson',
  rows: 1000,
  connections: 4,
  requests: 400,
};

export const singleRows: Way = {
  what: 'one request a row',
  path: '/observations',
  form: 'json',
  rows: 1,
  connections: 50,
  requests: 20_000,
};

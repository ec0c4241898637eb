import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { ownFile } from '../files/own-file.ts';
import { settings } from '../settings/config.ts';
import { example } from './example.ts';

/** A service in a process of its own. */
export type ServiceProcess = {
  readonly apiUrl: string;
  readonly adminUrl: string;
  /** Aborted when it ends; the reason says how. */
  readonly ended: AbortSignal;
  stop(): Promise<void>;
};

/**
 * Starts the service with the example's model and default settings, whatever those of the user are.
 *
 * @param options.folder all its files are in there, its log among them
 * @param options.port of the API; 0 is any that is free, as for `adminPort`
 * @throws Error with what the service said if it does not start
 */
export async function startServiceProcess(options: {
  readonly folder: string;
  readonly port: number;
  readonly adminPort: number;
}): Promise<ServiceProcess> {
  const { folder, port, adminPort } = options;
  const others = Object.entries(process.env).filter(
    ([name]) => !Object.hasOwn(settings, name) && !name.startsWith('OTEL_'),
  );
  const modules = ['src/demo/end-with-parent.ts', 'otel/register.ts'].flatMap((path) => [
    '--import',
    ownFile(path),
  ]);
  const child = spawn(process.execPath, [...modules, ownFile('src/server.ts')], {
    cwd: folder,
    env: {
      ...Object.fromEntries(others),
      MODEL_PATH: example.model,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      SAMPLES_PATH: join(folder, 'samples.jsonl'),
      OUTCOMES_PATH: join(folder, 'outcomes.jsonl'),
      LOG_LEVEL: 'warn',
      NO_COLOR: '1',
    },
    // it is not told of Ctrl-C, but stopped once all is asked that is to be asked
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdout.pipe(createWriteStream(join(folder, 'service.log')));
  let said = '';
  const ready = new Promise<void>((resolve) => {
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      said += part;
      if (/^Try .*\n/m.test(said)) resolve();
    });
  });
  const ended = new AbortController();
  const closed = once(child, 'close').then(([code, signal]) => {
    const last = said.trim().split('\n').at(-1);
    ended.abort(new Error(`the service has ended: ${last || (signal ?? `status ${code}`)}`));
  });
  await Promise.race([ready, closed]);
  ended.signal.throwIfAborted();
  const address = (name: string) => new RegExp(`^${name} +(\\S+)`, 'm').exec(said)?.[1] ?? '';
  const [apiUrl, adminUrl] = [address('API'), address('Admin')];
  // how it started does not say why it ends
  said = '';
  return {
    apiUrl,
    adminUrl,
    ended: ended.signal,
    async stop() {
      child.kill('SIGTERM');
      await closed;
    },
  };
}

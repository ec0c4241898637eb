import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.ts';
import { root } from '../support/service.ts';

const fixtures = join(root, 'test/predictors/fixtures');
const startTimeoutMs = 120_000;

/** A server that runs; `url` is where it takes rows. */
export type RunningServer = { readonly url: string; stop(): Promise<void> };

/** Writes the models that the servers load, out of scikit-learn. */
export async function makeServedModels(python: string, folder: string): Promise<void> {
  await promisify(execFile)(python, [join(fixtures, 'make.py'), 'serve', folder]);
}

/** Starts MLServer with the model, as `mlserver start` does. */
export async function startMlServer(python: string, served: string): Promise<RunningServer> {
  const [http_port, grpc_port, metrics_port] = [await freePort(), await freePort(), await freePort()];
  const folder = join(served, 'mlserver');
  await mkdir(folder);
  const settings = { host: '127.0.0.1', http_port, grpc_port, metrics_port, parallel_workers: 0 };
  await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
  const model = {
    name: 'credit',
    implementation: 'mlserver_sklearn.SKLearnModel',
    parameters: { uri: join(served, 'model.joblib') },
  };
  await writeFile(join(folder, 'model-settings.json'), JSON.stringify(model));
  const code = 'from mlserver.cli import main; main()';
  const stop = await start(
    [python, '-c', code, 'start', folder],
    `http://127.0.0.1:${http_port}/v2/health/ready`,
  );
  return { url: `http://127.0.0.1:${http_port}/v2/models/credit/infer`, stop };
}

/** Starts `mlflow models serve` with the model. */
export async function startMlflow(python: string, served: string): Promise<RunningServer> {
  const port = await freePort();
  const programs = join(served, 'bin');
  await mkdir(programs);
  // it runs uvicorn by its name, and the environment has moved since its programs were made
  await writeFile(join(programs, 'uvicorn'), `#!/bin/sh\nexec "${python}" -m uvicorn "$@"\n`);
  await chmod(join(programs, 'uvicorn'), 0o755);
  const command = ['-m', 'mlflow', 'models', 'serve', '--env-manager', 'local', '--port', String(port)];
  const stop = await start(
    [python, ...command, '--model-uri', join(served, 'mlflow')],
    `http://127.0.0.1:${port}/ping`,
    `${programs}:${process.env.PATH}`,
  );
  return { url: `http://127.0.0.1:${port}/invocations`, stop };
}

/** Starts a program and waits until it answers. @returns what ends it */
async function start(
  command: string[],
  readyUrl: string,
  path = process.env.PATH,
): Promise<() => Promise<void>> {
  const child = spawn(command[0], command.slice(1), {
    // a group of its own, so that what it starts itself ends with it
    detached: true,
    env: { ...process.env, PATH: path, PYTHONPATH: fixtures, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const kill = () =>
    child.pid !== undefined && child.exitCode === null && process.kill(-child.pid, 'SIGKILL');
  process.once('exit', kill);
  const endsAt = Date.now() + startTimeoutMs;
  while (!(await isReady(readyUrl))) {
    if (child.exitCode !== null || Date.now() > endsAt) {
      kill();
      throw new Error(`${command.join(' ')} does not start:\n${said.slice(-4_000)}`);
    }
    await wait(100);
  }
  return async () => {
    process.removeListener('exit', kill);
    await end(child, kill);
  };
}

async function end(child: ChildProcess, kill: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  kill();
  await ended;
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Stands in front of a server and keeps the headers of every request. */
export async function startRelay(
  target: string,
): Promise<RunningServer & { readonly heard: IncomingHttpHeaders[] }> {
  const heard: IncomingHttpHeaders[] = [];
  const server = createServer((incoming, outgoing) => {
    heard.push(incoming.headers);
    const { method, headers } = incoming;
    const passedOn = request(target, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    passedOn.on('error', () => outgoing.destroy());
    incoming.pipe(passedOn);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    heard,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

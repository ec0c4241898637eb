import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { eventually } from './service.ts';

/** One request as a proxy has read it. */
export type Forwarded = {
  /** The id that the proxy assigned to it, in `x-request-id`. */
  readonly id: string;
  /** The status that the client received. */
  readonly status: number;
  /** Whether the service answered it. */
  readonly reached: boolean;
  /** The id in the answer of the service; undefined in an answer that no route gave. */
  readonly answeredId: string | undefined;
};

export type TestProxy = {
  readonly url: string;
  /** All requests so far, in the order in which they were answered. */
  forwarded(): Forwarded[];
  stop(): Promise<void>;
};

/**
 * Starts a program that logs a line for each request: id, status, whether the service was reached, answered id.
 *
 * @param config what to write to the file `config` of the proxy's own folder, which is removed by `stop`
 */
export async function startProxy(
  program: string,
  args: (folder: string) => string[],
  config: (port: number, folder: string) => string | Promise<string>,
): Promise<TestProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'vigia-proxy-'));
  const port = await freePort();
  await writeFile(join(folder, 'config'), await config(port, folder));
  const log = join(folder, 'log');
  const output = openSync(log, 'a');
  const child = spawn(program, args(folder), { stdio: ['ignore', output, output] });
  closeSync(output);
  const exited = once(child, 'exit');
  await eventually(() => {
    assert.equal(child.exitCode, null, readFileSync(log, 'utf8'));
    return connectOnce(port);
  });
  return {
    url: `http://127.0.0.1:${port}`,
    forwarded: () =>
      [...readFileSync(log, 'utf8').matchAll(/^request (\S+) (\d+) (\S+) (\S+)$/gm)].map(
        ([, id, status, from, answeredId]) => ({
          id,
          status: Number(status),
          reached: from !== '-',
          answeredId: answeredId === '-' ? undefined : answeredId,
        }),
      ),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function connectOnce(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
}

/** Starts nginx in front of a service, with further directives for the location that passes requests on. */
export function startNginx(program: string, service: string, directives: string): Promise<TestProxy> {
  return startProxy(
    program,
    (folder) => ['-p', folder, '-c', join(folder, 'config'), '-e', 'stderr'],
    (port, folder) => `
      daemon off;
      worker_processes 1;
      pid ${folder}/pid;
      events {}
      http {
        log_format each 'request $request_id $status $upstream_status $upstream_http_x_request_id';
        access_log ${folder}/log each;
        ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((use) => `${use}_temp_path ${folder}/${use};`).join('\n')}
        upstream service {
          server ${new URL(service).host};
          keepalive 1;
        }
        server {
          listen 127.0.0.1:${port};
          # it passes on what it can
          ignore_invalid_headers off;
          underscores_in_headers on;
          merge_slashes off;
          location / {
            proxy_pass http://service;
            proxy_set_header x-request-id $request_id;
            proxy_set_header host $http_host;
            ${directives}
          }
        }
      }`,
  );
}

/** Starts HAProxy in front of a service, with further lines for the side that clients see. */
export function startHaproxy(program: string, service: string, lines: string): Promise<TestProxy> {
  return startProxy(
    program,
    (folder) => ['-db', '-f', join(folder, 'config')],
    (port) => `
global
  log stdout format raw local0
defaults
  mode http
  log global
  option dontlognull
  timeout client 20s
  timeout server 20s
  timeout connect 5s
  http-reuse always
frontend clients
  bind 127.0.0.1:${port}
  unique-id-format %[uuid()]
  http-request set-header x-request-id %[unique-id]
  http-response set-var(txn.from) str(service)
  http-response set-var(txn.answered) res.hdr(x-request-id)
  log-format "request %ID %ST %[var(txn.from)] %[var(txn.answered)]"
  ${lines}
  default_backend service
backend service
  server only ${new URL(service).host}
`,
  );
}

import assert from 'node:assert/strict';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { widen } from '../../bench/wide-artifact.ts';
import { exampleInput } from '../../src/http/openapi/predict-path.ts';
import { formatArtifact, loadArtifact } from '../../src/model/artifact.ts';
import { metric } from '../support/load.ts';
import { openRaw } from '../support/raw-connection.ts';
import { eventually, postJson, root, startTestService, type TestService } from '../support/service.ts';

const leapAhead = fileURLToPath(new URL('./programs/leap-ahead.ts', import.meta.url));
const clients = 150;
/** The minimum that each of them sends: as much as Node reads in one go. */
const sentBytes = 65_536;
/** Most of it is what scrapes leave to the garbage collector; unread answers without a bound would take gigabytes. */
const maxGrowthMiB = 150;

describe('150 clients that never read, a model of 300 features and a heap of 256 MiB', () => {
  let service: TestService;
  let row: Record<string, unknown>;
  let body: string;

  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigia-'));
    const wide = widen(await loadArtifact(join(root, 'models/credit.json')), 300);
    const path = join(folder, 'wide.json');
    await writeFile(path, formatArtifact(wide));
    row = exampleInput(wide);
    body = JSON.stringify(row);
    service = await startTestService(
      {
        MODEL_PATH: path,
        API_METRICS: 'full',
        LOG_LEVEL: 'silent',
        // a leap of the clock does not count as load
        MAX_EVENT_LOOP_DELAY_MS: '60000',
        NODE_OPTIONS: `--max-old-space-size=256 --max-semi-space-size=16 --import=${leapAhead}`,
      },
      folder,
    );
  });
  afterEach(() => service.stop());

  async function residentMiB(): Promise<number> {
    const status = await readFile(`/proc/${service.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: text/plain\r\n\r\n`;
  const predict = () =>
    `POST /predict HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const cases: [string, () => string, boolean][] = [
    ['GET /openapi.json', () => get('/openapi.json'), true],
    ['GET /metrics', () => get('/metrics'), true],
    // its answers are so short that the system keeps them all
    ['POST /predict', predict, false],
  ];
  for (const [what, make, isLong] of cases) {
    it(`${what}: takes little memory, others are answered, and they are disconnected`, async () => {
      const one = make();
      for (let i = 0; i < 3; i++) {
        const { socket, closed } = openRaw(service.api);
        socket.end(one);
        await closed;
      }
      const before = await residentMiB();
      const sockets: Socket[] = [];
      let peak = before;
      let ended = 0;
      for (let i = 0; i < clients; i++) {
        const { socket } = openRaw(service.api);
        socket.pause();
        socket.write(one.repeat(Math.ceil(sentBytes / one.length)));
        socket.once('close', () => ended++);
        sockets.push(socket);
        // others are answered in the meantime
        if (i % 10 === 9) {
          assert.equal((await postJson(`${service.api}/predict`, row)).status, 200);
          peak = Math.max(peak, await residentMiB());
        }
      }
      const answered = () => metric(service, 'http_server_unread_bytes');
      if (isLong) await eventually(async () => assert.ok((await answered()) > 0));
      peak = Math.max(peak, await residentMiB());
      console.log(`        ${before.toFixed(0)} + ${(peak - before).toFixed(0)} MiB`);
      assert.ok(peak - before < maxGrowthMiB, `${before} MiB grew to ${peak} MiB`);
      if (isLong) {
        await eventually(async () => {
          service.process.kill('SIGUSR2');
          // once this is answered, the time has leapt. A scrape in flight at that moment would itself be ended as slow.
          assert.equal((await postJson(`${service.api}/predict`, row)).status, 200);
          assert.equal(
            await metric(service, 'http_server_connections_ended_total', { reason: 'slow_reader' }),
            clients,
          );
        }, 60_000);
        for (const socket of sockets) socket.resume();
        await eventually(() => assert.equal(ended, clients));
        assert.equal(await answered(), 0);
      }
      for (const socket of sockets) socket.destroy();
      assert.equal((await postJson(`${service.api}/predict`, row)).status, 200);
    });
  }
});

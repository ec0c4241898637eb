import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Telemetry } from '../otel/sdk.ts';
import { lockFile } from '../src/files/file-lock.ts';
import { readConfig } from '../src/settings/config.ts';
import { startService } from '../src/start-service.ts';
import { freePort } from './support/free-port.ts';
import { noTelemetry } from './support/no-telemetry.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const telemetry = noTelemetry();

describe('a start that fails', () => {
  const cases: [string, Record<string, string>, RegExp, Partial<Telemetry>?][] = [
    ['at its paths', { OUTCOMES_PATH: '{instance}/s.jsonl' }, /are the same file/],
    ['at its model', { MODEL_PATH: 'missing.json' }, /^MODEL_PATH: missing\.json/],
    [
      'between its files and its listeners',
      {},
      /no more sources/,
      {
        get sources(): never {
          throw new Error('no more sources');
        },
      },
    ],
    ['at its second listener', { HOST: '192.0.2.1' }, /^HOST, PORT: /],
  ];
  for (const [where, settings, reason, broken] of cases) {
    it(`leaves nothing open: ${where}`, async () => {
      await using folder = await temporaryFolder();
      const port = await freePort();
      const inFolder = (path: string) => join(folder.path, path);
      const env: Record<string, string> = {
        SERVICE_INSTANCE: 'a',
        PORT: '0',
        ADMIN_PORT: String(port),
        SAMPLES_PATH: '{instance}/s.jsonl',
        OUTCOMES_PATH: '{instance}/o.jsonl',
        LOG_LEVEL: 'silent',
        ...settings,
      };
      for (const name of ['SAMPLES_PATH', 'OUTCOMES_PATH']) env[name] = inFolder(env[name]);
      const used =
        broken === undefined ? telemetry : Object.create(telemetry, Object.getOwnPropertyDescriptors(broken));
      await assert.rejects(startService(readConfig(env), used), { message: reason });
      const lock = await lockFile(inFolder('.a.lock'));
      assert.ok(lock, 'the name is free');
      lock.release();
      const again = createServer().listen(port, '127.0.0.1');
      await once(again, 'listening');
      again.close();
    });
  }
});

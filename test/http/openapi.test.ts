import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { AddRoutes } from '../../src/http/app.ts';
import { adminRoutes, publicRoutes } from '../../src/http/apps.ts';
import { createRouter } from '../../src/http/router.ts';
import { formatArtifact, loadArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { readConfig } from '../../src/settings/config.ts';
import { type RunningService, startService } from '../../src/start-service.ts';
import { withIntercept } from '../support/model-parts.ts';
import { noTelemetry } from '../support/no-telemetry.ts';
import { eventually, postJson, root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Document = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
};
type Schema = { properties?: object; additionalProperties?: unknown };

/** Refuses members that a schema does not name, wherever it is one of an object with members. */
function close<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(close) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const closed = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, close(member)]));
  const { properties, additionalProperties } = value as Schema;
  const isObject = typeof properties === 'object' && !('$ref' in value) && additionalProperties === undefined;
  return { ...closed, ...(isObject && { additionalProperties: false }) } as Value;
}

describe('the OpenAPI documents', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let running: RunningService;

  before(async () => {
    folder = await temporaryFolder();
    const token = await folder.write('token', 'token-of-the-test');
    const credit = await loadArtifact(join(root, 'models/credit.json'));
    const challenger = sealArtifact({ ...withIntercept(credit, 0.7), name: 'challenger' });
    const models = [credit, challenger].map((model) =>
      folder.write(`${model.name}.json`, formatArtifact(model)),
    );
    running = await startService(
      readConfig({
        PORT: '0',
        ADMIN_PORT: '0',
        LOG_LEVEL: 'silent',
        MAX_EVENT_LOOP_DELAY_MS: '5000',
        MODEL_PATH: (await Promise.all(models)).join(','),
        SHADOW_MODELS: 'challenger',
        SAMPLES_PATH: join(folder.path, 'samples.jsonl'),
        OUTCOMES_PATH: join(folder.path, 'outcomes.jsonl'),
        OUTCOMES_TOKEN_FILE: token,
        API_METRICS: 'full',
      }),
      noTelemetry(),
    );
  });
  after(async () => {
    await running?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  const read = async (url: string) => (await (await fetch(`${url}/openapi.json`)).json()) as Document;

  for (const [which, address, routes] of [
    ['public', () => running.apiUrl, () => publicRoutes(running.service)],
    ['admin', () => running.adminUrl, () => adminRoutes],
  ] as [string, () => string, () => readonly AddRoutes[]][]) {
    describe(`of the ${which} listener`, () => {
      it('is valid OpenAPI 3.1', async () => {
        const { valid, errors } = await new Validator().validate(await read(address()));
        assert.ok(valid, JSON.stringify(errors));
      });

      it('has every route there is, and no other', async () => {
        const router = createRouter();
        for (const add of routes()) add(router, running.service);
        const { paths } = await read(address());
        const described = Object.entries(paths).flatMap(([path, methods]) =>
          Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
        );
        const missing = router.stack.flatMap((layer) =>
          layer.methods
            .filter((method) => method !== 'HEAD')
            .filter((method) => !described.some((one) => one.method === method && layer.match(one.path)))
            .map((method) => `${method} ${layer.path}`),
        );
        assert.deepEqual(missing, [], 'routes that no document describes');
        const gone = described.filter(
          ({ method, path }) =>
            !router.stack.some((layer) => layer.methods.includes(method) && layer.match(path)),
        );
        assert.deepEqual(gone, [], 'operations that have no route');
      });
    });
  }

  it('describe all that the admin listener answers', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 60; i++) {
      const row = { age: 20 + i, limit: 500 * (1 + (i % 9)), history: i % 2 ? 'paid' : 'none' };
      const { body } = await postJson(`${running.apiUrl}/predict`, row);
      ids.push(body.id);
    }
    const outcomes = ids.map((id, i) => ({ id, outcome: i % 3 ? 'good' : 'bad' }));
    assert.equal((await postJson(`${running.adminUrl}/outcomes`, outcomes)).body.accepted, 60);
    const document = close(await read(running.adminUrl));
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'document');
    await eventually(async () => {
      const { shadows } = (await (await fetch(`${running.adminUrl}/performance`)).json()) as any;
      assert.equal(shadows[0].outcomes, 60);
    });
    for (const [path, name] of [
      ['/drift', 'Drift'],
      ['/performance', 'Performance'],
      ['/models', 'Models'],
    ]) {
      const isValid = ajv.compile({ $ref: `document#/components/schemas/${name}` });
      const answer = await (await fetch(running.adminUrl + path)).json();
      assert.ok(isValid(answer), `${path}: ${JSON.stringify(isValid.errors)}`);
    }
  });
});

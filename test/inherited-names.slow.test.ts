import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binLabels, buildReference, createMonitor } from '../src/index.ts';
import { scrape } from './support/load.ts';
import {
  eventually,
  postJson,
  readJsonLines,
  seriesValue,
  startTestService,
  type TestService,
} from './support/service.ts';

type Kind = 'numeric' | 'categorical';
type Column = { readonly name: string; readonly kind: Kind; readonly nullable: boolean };

/** Every name with either kind, nullable and not, over the two models. */
const models: Readonly<Record<string, readonly Column[]>> = {
  few: [
    { name: 'constructor', kind: 'numeric', nullable: false },
    { name: 'toString', kind: 'categorical', nullable: true },
    { name: '__proto__', kind: 'numeric', nullable: true },
    { name: 'hasOwnProperty', kind: 'categorical', nullable: false },
    { name: 'valueOf', kind: 'numeric', nullable: false },
    { name: 'x', kind: 'numeric', nullable: true },
  ],
  many: [
    { name: 'constructor', kind: 'categorical', nullable: true },
    { name: 'toString', kind: 'numeric', nullable: false },
    { name: '__proto__', kind: 'categorical', nullable: false },
    { name: 'hasOwnProperty', kind: 'numeric', nullable: true },
    { name: 'valueOf', kind: 'categorical', nullable: true },
    { name: '__defineGetter__', kind: 'numeric', nullable: true },
    { name: 'isPrototypeOf', kind: 'categorical', nullable: false },
    ...['x', 'y1', 'y2', 'y3'].map((name) => ({ name, kind: 'numeric' as const, nullable: false })),
  ],
};

const run = async (command: string, ...args: string[]) =>
  (await promisify(execFile)(process.execPath, ['bin/vigia.cjs', command, ...args])).stdout;

/** A value of a column, another for each row; empty in every tenth where it may be missing. */
function cell({ kind, nullable }: Column, column: number, row: number): string {
  if (nullable && (row + column) % 10 === 0) return '';
  const drawn = (row * 7919 + column * 104_729) % 101;
  return kind === 'numeric' ? `${drawn / 2}` : ['acme', 'bolt', 'core'][drawn % 3];
}

function table(columns: readonly Column[]): string {
  const rows = Array.from({ length: 300 }, (_, row) => [
    ...columns.map((column, i) => cell(column, i, row)),
    (row * 7919) % 101 > 50 ? 'yes' : 'no',
  ]);
  return [[...columns.map(({ name }) => name), 'bought'], ...rows]
    .map((row) => `${row.join(',')}\n`)
    .join('');
}

for (const [title, columns] of Object.entries(models)) {
  describe(`features named like what every object inherits, in a model of ${title}`, () => {
    let folder: string;
    let model: string;
    let data: string;
    let service: TestService;
    /** One value of each feature, own properties all. */
    const entries = columns.map(({ name, kind }) => [name, kind === 'numeric' ? 12 : 'acme'] as const);
    const rowWithout = (left?: string) => Object.fromEntries(entries.filter(([name]) => name !== left));

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'inherited-'));
      data = join(folder, 'data.csv');
      model = join(folder, 'model.json');
      await writeFile(data, table(columns));
      await run('train', '--data', data, '--target', 'bought', '--positive', 'yes', '--out', model);
      service = await startTestService({ MODEL_PATH: model });
    });
    after(async () => {
      await service.stop();
      await rm(folder, { recursive: true, force: true });
    });

    const predict = (row: unknown) => postJson(`${service.api}/predict?explain=true`, row);

    it('are described, and their example is accepted', async () => {
      const document = (await (await fetch(`${service.api}/openapi.json`)).json()) as any;
      const { properties, required } = document.components.schemas.Input;
      assert.deepEqual(
        Object.keys(properties),
        columns.map(({ name }) => name),
      );
      assert.deepEqual(
        required,
        columns.filter(({ nullable }) => !nullable).map(({ name }) => name),
      );
      const { example } = document.paths['/predict'].post.requestBody.content['application/json'];
      assert.deepEqual(
        Object.keys(example),
        columns.map(({ name }) => name),
      );
      const { status, body } = await predict(example);
      assert.equal(status, 200, JSON.stringify(body));
      const infer = Object.keys(document.paths).find((path) => path.endsWith('/infer')) as string;
      const request = document.paths[infer].post.requestBody.content['application/json'].example;
      const inferred = await postJson(service.api + infer, request);
      assert.deepEqual(inferred.body.outputs?.[0].data, [body.score, body.score]);
    });

    for (const { name, kind, nullable } of columns) {
      it(`${name}, ${kind}, may be ${nullable ? 'left out, and counts as missing' : 'given only'}`, async () => {
        const bin = { feature: name, bin: 'missing' };
        const missing = async () =>
          seriesValue(await scrape(service), 'model_feature_bin_observations_total', bin) ?? 0;
        const before = await missing();
        const given = await predict(rowWithout());
        assert.equal(given.status, 200, JSON.stringify(given.body));
        assert.equal(await missing(), before);
        const { status, body } = await predict(rowWithout(name));
        if (nullable) {
          assert.equal(status, 200, JSON.stringify(body));
          assert.equal(await missing(), before + 1);
          const withNull = Object.fromEntries(
            entries.map(([key, value]) => [key, key === name ? null : value]),
          );
          const nulled = await predict(withNull);
          assert.equal(nulled.body.score, body.score);
          assert.deepEqual(nulled.body.reasons, body.reasons);
          await eventually(async () => {
            const sample = (await readJsonLines(service.samplesPath)).find(({ id }) => id === body.id);
            assert.ok(Object.hasOwn(sample?.features ?? {}, name));
            assert.equal(sample.features[name], null);
          });
        } else {
          assert.equal(status, 422);
          const faults = body.errors.map(({ pointer, code }: any) => [pointer, code]);
          assert.deepEqual(faults, [[`/${name}`, 'missing']]);
          const counted = { feature: name, reason: 'missing' };
          assert.equal(seriesValue(await scrape(service), 'model_input_rejected_total', counted), 1);
        }
        const wrong = entries.map(([key, value]) => [key, key === name ? [value] : value]);
        const refused = await predict(Object.fromEntries(wrong));
        assert.deepEqual([refused.status, refused.body.errors?.[0].pointer], [422, `/${name}`]);
        assert.equal(refused.body.errors[0].code, 'type');
      });
    }

    it('are unknown fields where the model has no such feature', async () => {
      const { status, body } = await predict({ ...rowWithout(), propertyIsEnumerable: 1 });
      assert.deepEqual([status, body.errors?.[0].code], [422, 'unknown_field']);
    });

    it('are read again by drift, samples and evaluate, missing where they were', async () => {
      await service.signal('SIGTERM');
      const kept = await readJsonLines(service.samplesPath);
      const drift = JSON.parse(await run('drift', '--model', model, '--live', service.samplesPath, '--json'));
      for (const { name } of columns) {
        const counted = drift.features.find((feature: any) => feature.name === name);
        const absent = kept.filter(({ features }) => features[name] === null).length;
        assert.equal(counted.missing, absent, name);
        // each is a process of its own
        if (absent === 0) continue;
        const args = ['--bin', `${name}=missing`, '--live', service.samplesPath, '--model', model];
        const found = await run('samples', ...args, '--limit', '1000', '--json');
        assert.equal(found.split('\n').filter(Boolean).length, absent, name);
      }
      const by = columns.flatMap(({ name }) => ['--by', name]);
      const evaluation = JSON.parse(await run('evaluate', '--model', model, '--data', data, ...by, '--json'));
      assert.equal(evaluation.samples, 300);
    });
  });
}

describe('the monitor, with rows that other code made', () => {
  it('treats what a row merely inherits as missing', () => {
    const names = ['constructor', 'toString', '__proto__', 'valueOf'];
    const full = Object.fromEntries(names.map((name, i) => [name, i % 2 === 0 ? 'acme' : 1]));
    const without = (name: string) =>
      Object.fromEntries(Object.entries(full).filter(([key]) => key !== name));
    const rows = [full, ...names.map(without)];
    const scores = rows.map(() => 0.5);
    const reference = buildReference({ model: 'm', version: '1' }, rows, scores);
    const monitor = createMonitor(reference);
    for (const [i, name] of names.entries()) {
      const labels = binLabels(reference.features[i].bins);
      assert.equal(reference.features[i].counts[labels.indexOf('missing')], 1, `${name} in the reference`);
      assert.equal(labels[monitor.observe(without(name), 0.5).bins[i]], 'missing');
      assert.notEqual(labels[monitor.observe(full, 0.5).bins[i]], 'missing');
    }
  });
});

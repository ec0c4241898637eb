import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTrainingSet } from '../../src/cli/read-training-set.ts';
import { type Artifact, formatArtifact, sealArtifact } from '../../src/model/artifact.ts';
import { inputSchema } from '../../src/model/input-schema.ts';
import { createRowScorer } from '../../src/report/compute/row-scorer.ts';
import { openRows } from '../../src/report/read/open-rows.ts';
import { wantedFeature } from '../../src/report/read/rows.ts';
import { createRandom } from '../../src/stats/random.ts';
import { trainModel } from '../../src/training/train-model.ts';
import { scorerOf } from '../support/model-parts.ts';
import { postJson, startTestService } from '../support/service.ts';
import { options } from './small-set.ts';

const header = ['country', 'housing', 'insured', 'city', 'branch', 'age', 'lost'];

/** One row as a training table writes it, and the same row as JSON. */
function makeRow(random: () => number): { cells: string[]; json: Record<string, unknown> } {
  const draw = <T>(...values: T[]) => values[Math.floor(random() * values.length)];
  const country = draw('NA', 'ZA', 'ZM');
  const housing = draw(1, 2, 3, 4);
  const insured = random() < 0.5;
  const city = draw('Köln', 'Zürich', 'New York');
  const branch = draw('north', 'south', null);
  const age = 20 + Math.floor(50 * random());
  const bad = random() < 0.2 + (country === 'NA' ? 0.3 : 0) + (housing === 4 ? 0.3 : 0) + (insured ? 0 : 0.1);
  return {
    cells: [
      `"${country}"`,
      `${housing}.0`,
      insured ? 'True' : 'False',
      city.normalize('NFD'),
      branch ?? 'NA',
      `${age}`,
      bad ? '1.0' : '0.0',
    ],
    json: { country, housing: String(housing), insured: String(insured), city, branch, age },
  };
}

describe('a value', () => {
  let folder: string;
  let artifact: Artifact;
  const random = createRandom(11);
  const rows = Array.from({ length: 600 }, () => makeRow(random));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-values-'));
    const path = join(folder, 'train.csv');
    await writeFile(
      path,
      `${[header, ...rows.map(({ cells }) => cells)].map((row) => row.join()).join('\n')}\n`,
    );
    const { set } = await readTrainingSet(path, () => ({
      target: 'lost',
      positive: '1',
      categorical: ['housing'],
      allowIds: [],
      sensitive: [],
    }));
    artifact = trainModel(set, options);
    await writeFile(join(folder, 'model.json'), formatArtifact(artifact));
  });
  after(() => rm(folder, { recursive: true }));

  async function scoresOf(name: string, content: string): Promise<(number | null)[]> {
    const path = join(folder, name);
    await writeFile(path, content);
    const wanted = artifact.features.map((feature) => wantedFeature(feature, artifact));
    const scoreOf = createRowScorer(artifact, wanted);
    const scores: (number | null)[] = [];
    const tally = { lines: 0, damaged: 0, faults: [] };
    for await (const source of openRows([path], tally)) {
      await source.read(wanted, (row) => scores.push(scoreOf(row)));
    }
    assert.equal(tally.damaged, 0);
    return scores;
  }

  const csvOf = (cellsOf: (row: (typeof rows)[number]) => string[], delimiter = ',') =>
    `${[header, ...rows.map(cellsOf)].map((row) => row.join(delimiter)).join('\n')}\n`;

  it('is a category by its canonical text in the model', () => {
    const categories = Object.fromEntries(
      artifact.features.flatMap((feature) =>
        feature.kind === 'categorical' ? [[feature.name, feature.categories.toSorted()]] : [],
      ),
    );
    assert.deepEqual(categories, {
      country: ['NA', 'ZA', 'ZM'],
      housing: ['1', '2', '3', '4'],
      insured: ['false', 'true'],
      city: ['Köln', 'New York', 'Zürich'],
      branch: ['north', 'south'],
    });
    const { column, positive, negative } = artifact.output;
    assert.deepEqual([column, positive, negative], ['lost', '1', '0']);
  });

  it('gets the same score from tables, from JSON lines and from JSON', async () => {
    const score = scorerOf(artifact);
    const expected = rows.map(({ json }) => score(json));
    assert.ok(new Set(expected).size > 100);
    assert.deepEqual(
      await scoresOf(
        'same.csv',
        csvOf(({ cells }) => cells),
      ),
      expected,
    );
    // unquoted NA is the country that the model knows, codes are whole, truth values in capitals
    const written = csvOf(({ json: { country, housing, insured, city, branch, age } }) => [
      `${country}`,
      `${housing}`,
      `${insured}`.toUpperCase(),
      `\u2009${`${city}`.replace(' ', '\u00a0')}`,
      `${branch ?? ''}`,
      `${age}\u00a0`,
      '',
    ]);
    assert.deepEqual(await scoresOf('written.csv', written), expected);
    const german = csvOf(
      ({ json: { country, housing, insured, city, branch, age } }) => [
        `${country}`,
        `${housing},0`,
        `${insured}`,
        `${city}`,
        `${branch ?? '#N/A'}`,
        `${age},0`,
        '',
      ],
      ';',
    );
    assert.deepEqual(await scoresOf('german.csv', german), expected);
    const lines = rows.map(({ json }) =>
      JSON.stringify({ ...json, housing: Number(json.housing), insured: json.insured === 'true' }),
    );
    assert.deepEqual(await scoresOf('rows.jsonl', `${lines.join('\n')}\n`), expected);
  });

  it('is missing without quotes if the same column quotes it', async () => {
    const score = scorerOf(artifact);
    const { json } = rows[0];
    const lines = ['"NA"', 'NA', '"NA"', 'ZA'].map((country) =>
      [country, json.housing, json.insured, json.city, json.branch ?? '', json.age, ''].join(),
    );
    assert.deepEqual(
      await scoresOf('quoted.csv', `${[header.join(), ...lines].join('\n')}\n`),
      ['NA', null, 'NA', 'ZA'].map((country) => score({ ...json, country })),
    );
  });

  it('gets the same score from the service', async () => {
    const service = await startTestService({ MODEL_PATH: join(folder, 'model.json') });
    try {
      const score = scorerOf(artifact);
      const row = { country: 'NA', housing: '4', insured: 'true', city: 'Köln', branch: null, age: 30 };
      const expected = score(row);
      for (const change of [
        {},
        { country: ' NA' },
        { housing: 4 },
        { housing: '4.0' },
        { insured: true },
        { insured: 'True' },
        { city: 'Ko\u0308ln' },
        { city: 'Köln\u00a0' },
        { branch: 'NA' },
        { branch: '' },
      ]) {
        const { status, body } = await postJson(`${service.api}/predict`, { ...row, ...change });
        assert.equal(status, 200, JSON.stringify([change, body]));
        assert.equal(body.score, expected, JSON.stringify(change));
      }
      for (const change of [
        { country: 1 },
        { country: true },
        { housing: true },
        { insured: 1 },
        { age: '30' },
      ]) {
        const { status, body } = await postJson(`${service.api}/predict`, { ...row, ...change });
        assert.equal(status, 422, JSON.stringify(change));
        assert.equal(body.errors[0].code, 'type');
      }
      for (const [country, code] of [
        ['', 'null'],
        ['nan', 'null'],
        [' \u00a0', 'null'],
        [' nan\u200b', 'null'],
        [null, 'null'],
      ]) {
        const { status, body } = await postJson(`${service.api}/predict`, { ...row, country });
        assert.equal(status, 422, JSON.stringify(country));
        assert.deepEqual(
          body.errors.map(({ pointer, code }: { pointer: string; code: string }) => ({ pointer, code })),
          [{ pointer: '/country', code }],
        );
      }
      const drift = await (await fetch(`${service.admin}/drift`)).text();
      assert.doesNotMatch(drift, /"unseen":[1-9]/);
    } finally {
      await service.stop();
    }
  });

  it('is described by the schema: numbers and booleans only if training has such categories', () => {
    const { properties } = inputSchema(artifact);
    const types = Object.entries(properties).map(([name, schema]) => [
      name,
      (schema as { type: unknown }).type,
    ]);
    assert.deepEqual(Object.fromEntries(types), {
      country: 'string',
      housing: ['string', 'number'],
      insured: ['string', 'boolean'],
      city: 'string',
      branch: ['string', 'null'],
      age: 'number',
    });
  });

  it('is a code even if it lost its leading zeros', async () => {
    const features = artifact.features.map((feature) =>
      feature.name === 'housing' && feature.kind === 'categorical'
        ? { ...feature, categories: feature.categories.map((text) => `0${text}`) }
        : feature,
    );
    const { version: _, ...content } = artifact;
    const padded = sealArtifact({ ...content, features });
    const score = scorerOf(artifact);
    const scorePadded = scorerOf(padded);
    for (const { json } of rows.slice(0, 50)) {
      const code = Number(json.housing);
      for (const housing of [`0${code}`, code, `${code}`, `${code}.0`]) {
        assert.equal(scorePadded({ ...json, housing }), score(json), JSON.stringify(housing));
      }
    }
    const { properties } = inputSchema(padded);
    assert.deepEqual((properties.housing as { type: unknown }).type, ['string', 'number']);
  });

  it('is known to a model whose categories are not canonical', () => {
    const features = artifact.features.map((feature) =>
      feature.name === 'insured' && feature.kind === 'categorical'
        ? { ...feature, categories: feature.categories.map((text) => (text === 'true' ? 'True' : 'False')) }
        : feature,
    );
    const { version: _, ...content } = artifact;
    const old = scorerOf(sealArtifact({ ...content, features }));
    const score = scorerOf(artifact);
    for (const insured of ['true', 'True', true]) {
      const row = { ...rows[0].json, insured };
      assert.equal(old(row), score(row));
    }
  });
});

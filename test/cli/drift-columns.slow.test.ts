import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '../../src/stats/random.ts';
import { driftReport, featureOf, runCommand } from '../report/run-command.ts';
import { makeSamples, model, toJsonl } from '../report/samples.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Row = Record<string, unknown>;

/** A table in which every cell that needs it is quoted. */
function toTable(rows: readonly Row[]): string {
  const quote = (value: unknown) => {
    const text = String(value ?? '');
    return /^\s|[",\n]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const columns = Object.keys(rows[0]);
  return [columns, ...rows.map((row) => columns.map((column) => row[column]))]
    .map((cells) => `${cells.map(quote).join(',')}\n`)
    .join('');
}

/** Used cars: their fields are called as those of the service's own lines. */
function cars(seed: number, factor: number): Row[] {
  const random = createRandom(seed);
  const pick = (...texts: string[]) => texts[Math.floor(random() * texts.length)];
  return Array.from({ length: 600 }, (_, i) => ({
    id: `car-${seed}-${i}`,
    model: pick('Golf', 'Polo', 'Up'),
    version: pick('GTI', 'TDI', 'R'),
    score: 1 + Math.floor(random() * 9),
    prediction: pick('sold', 'kept'),
    features: pick('few', 'many'),
    bins: Math.floor(random() * 5),
    outside: pick('red', 'blue'),
    traceId: pick('a', 'b'),
    'price, net': Math.round(1000 * random()),
    'a=b': Math.round(50 * random()),
    ' padded ': Math.round(70 * random()),
    km: Math.round(factor * 100_000 * random()),
  }));
}

const writers = { csv: toTable, jsonl: toJsonl };

describe('columns that are called as the fields of a sample', () => {
  for (const [kind, write] of Object.entries(writers)) {
    it(`are compared as all others in ${kind}`, async () => {
      await using folder = await temporaryFolder();
      const reference = await folder.write(`reference.${kind}`, write(cars(1, 1)));
      const live = await folder.write(`live.${kind}`, write(cars(2, 3)));
      const report = await driftReport('--reference', reference, '--live', live);
      assert.equal(report.live.samples, 600);
      assert.equal(report.live.kind, 'rows');
      assert.equal(report.reference.samples, 600);
      assert.equal(report.score, null);
      assert.equal(report.predictions, null);
      assert.deepEqual(report.live.otherVersions, []);
      const names = report.features.map(({ name }) => name.trim()).sort();
      const all = Object.keys(cars(1, 1)[0]).map((name) => name.trim());
      assert.deepEqual(names, all.filter((name) => name !== 'id').sort());
      assert.deepEqual(
        report.features.filter(({ verdict }) => verdict === 'drifting').map(({ name }) => name),
        ['km'],
      );
      assert.deepEqual(report.notes, [
        'id is left out: it looks like ids, which say nothing about new rows. To compare it all the same, name it in --features.',
      ]);
    });

    it(`can be excluded in ${kind}`, async () => {
      await using folder = await temporaryFolder();
      const reference = await folder.write(`reference.${kind}`, write(cars(1, 1)));
      const live = await folder.write(`live.${kind}`, write(cars(2, 3)));
      const files = ['--reference', reference, '--live', live];
      const { features, notes } = await driftReport(...files, '--exclude', 'km,id', '--exclude', 'score');
      const names = new Set(features.map(({ name }) => name));
      for (const name of ['km', 'id', 'score']) assert.ok(!names.has(name), name);
      assert.ok(names.size > 0);
      assert.deepEqual(notes, []);
      const none = await runCommand('drift', [...files, '--features', 'km', '--exclude', 'km']);
      assert.deepEqual([none.code, none.stderr], [1, '--exclude leaves no feature to compare\n']);
    });

    it(`can be named in ${kind}, with commas and blanks too`, async () => {
      await using folder = await temporaryFolder();
      const reference = await folder.write(`reference.${kind}`, write(cars(1, 1)));
      const live = await folder.write(`live.${kind}`, write(cars(2, 3)));
      const chosen = ['--features', '"price, net",score', '--features', 'padded', '--features', 'a=b,id'];
      const report = await driftReport('--reference', reference, '--live', live, ...chosen);
      const names = report.features.map(({ name }) => name.trim()).sort();
      assert.deepEqual(names, ['a=b', 'id', 'padded', 'price, net', 'score']);
      assert.deepEqual(report.notes, []);
      const unknown = ['--reference', reference, '--live', live, '--features', 'height'];
      const { stderr, code } = await runCommand('drift', unknown);
      assert.equal(code, 2);
      assert.match(stderr, /no feature 'height', but .*"price, net", a=b/);
    });
  }

  it('may be called as the score of a model is', async () => {
    await using folder = await temporaryFolder();
    const rows = (more: number) =>
      toJsonl(Array.from({ length: 300 }, (_, i) => ({ '(score)': more + (i % 30), age: i % 40 })));
    const reference = await folder.write('reference.jsonl', rows(0));
    const live = await folder.write('live.jsonl', rows(20));
    const page = join(folder.path, 'page.html');
    const args = ['--reference', reference, '--live', live, '--features', '(score)'];
    const report = await driftReport(...args);
    assert.match(featureOf(report, '(score)').sentence, /% of live rows are above/);
    await runCommand('drift', [...args, '--html', page]);
    assert.doesNotMatch(await readFile(page, 'utf8'), /Score of the model/);
  });

  it('may hold a time that is a feature: an amount, or a part of the day', async () => {
    await using folder = await temporaryFolder();
    for (const [kind, write] of Object.entries(writers)) {
      for (const time of [(i: number) => i % 30, (i: number) => ['morning', 'noon', 'night'][i % 3]]) {
        const rows = Array.from({ length: 300 }, (_, i) => ({ time: time(i), age: i % 40 }));
        const file = await folder.write(`times.${kind}`, write(rows));
        const report = await driftReport('--reference', file, '--live', file);
        assert.deepEqual(report.features.map(({ name }) => name).sort(), ['age', 'time']);
        assert.equal(report.live.from, null);
        assert.deepEqual(report.notes, []);
      }
    }
  });

  it('do not make a line that lacks the other fields a sample', async () => {
    await using folder = await temporaryFolder();
    const rows = cars(1, 1).map((row, i) =>
      i % 4 === 0
        ? { time: '2026-01-01', id: row.id, model: 'x', version: 'y', score: 1, prediction: 'sold' }
        : row,
    );
    const file = await folder.write('sparse.jsonl', toJsonl(rows));
    const report = await driftReport('--reference', file, '--live', file);
    assert.equal(report.live.samples, 600);
    assert.equal(featureOf(report, 'km').missing, 150);
    assert.equal(report.score, null);
  });

  it('are not looked for in the samples of the service', async () => {
    await using folder = await temporaryFolder();
    const samples = makeSamples({ count: 300 });
    const live = await folder.write('live.jsonl', toJsonl(samples));
    const report = await driftReport('--reference', live, '--live', live);
    assert.deepEqual(report.features.map(({ name }) => name).sort(), ['age', 'history', 'limit']);
    assert.equal(report.score?.samples, 300);
    assert.equal(report.reference.version, samples[0].version);
  });
});

describe('a file of JSON', () => {
  const rows = makeSamples({ count: 300 }).map(({ features }, i) => ({ ...features, note: `, ] } "${i}\\` }));
  const layouts = {
    'an array': JSON.stringify(rows),
    'an indented array': JSON.stringify(rows, null, 4),
    'an array with Windows line ends and a byte order mark': `\ufeff${JSON.stringify(rows, null, 2).replaceAll('\n', '\r\n')}\r\n`,
    'an array with a record a line': `[${rows.map((row) => JSON.stringify(row)).join(',\n')}]\n`,
    'indented objects': rows.map((row) => `${JSON.stringify(row, null, 2)}\n`).join(''),
  };
  for (const [name, content] of Object.entries(layouts)) {
    it(`in the form of ${name} is read as JSONL is`, async () => {
      await using folder = await temporaryFolder();
      const expected = await driftReport(
        '--model',
        model,
        '--live',
        await folder.write('rows.jsonl', toJsonl(rows)),
      );
      const file = await folder.write('rows.json', content);
      const report = await driftReport('--model', model, '--live', file);
      assert.equal(report.live.samples, 300);
      assert.deepEqual(report.features, expected.features);
      const piped = await runCommand('drift', ['--model', model, '--live', '-', '--json'], {
        input: content,
      });
      assert.deepEqual(JSON.parse(piped.stdout).features, expected.features);
      const out = join(folder.path, 'new.json');
      const rebased = await runCommand('rebaseline', [
        ...['--model', model, '--live', file, '--accepted-by', 'me', '--reason', 'test', '--out', out],
      ]);
      assert.equal(rebased.code, 0, rebased.stderr);
    });
  }

  it('is read as far as it goes when it was cut off, and the rest is counted', async () => {
    await using folder = await temporaryFolder();
    const content = JSON.stringify(rows, null, 1);
    const file = await folder.write('cut.json', content.slice(0, content.lastIndexOf('"age"') + 7));
    const report = await driftReport('--model', model, '--live', file);
    assert.equal(report.live.samples, 299);
    assert.equal(report.live.damagedLines, 1);
    assert.equal(report.live.damaged[0].line, 300);
  });

  it('without records, or of something else, is refused in one line', async () => {
    await using folder = await temporaryFolder();
    for (const [content, message] of [
      ['[{"a":1},{"a":2}]', /no line has one of age, limit, history, but a/],
      ['[[1,2],[3,4]]', /other\.json:1: not one line can be read: not a JSON object/],
      ['{"age":{"0":31,"1":44},"limit":{"0":1,"1":2}}', /its fields hold objects or arrays, not values/],
      ['{"columns":["age"],"data":[[31],[44]]}', /other\.json/],
    ] as const) {
      const file = await folder.write('other.json', content);
      const { stderr, stdout, code } = await runCommand('drift', ['--model', model, '--live', file]);
      assert.equal(code, 1, stdout);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    }
    const file = await folder.write('train.json', layouts['an array']);
    const { stderr, code } = await runCommand('train', [
      '--data',
      file,
      '--target',
      'y',
      '--positive',
      'yes',
      '--out',
      join(folder.path, 'm.json'),
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /train\.json: is JSON, not a table: write it as CSV/);
  });
});

describe('ids and dates without a model', () => {
  function customers(seed: number, from: number): Row[] {
    const random = createRandom(seed);
    return Array.from({ length: 500 }, (_, i) => ({
      customer_no: from + i,
      email: `u${from + i}@example.org`,
      signup: `2026-0${seed}-${10 + Math.floor(random() * 18)}`,
      renewal: `${1 + Math.floor(random() * 28)} ${seed === 1 ? 'Jan' : 'Feb'} 2026`,
      age: 20 + Math.floor(random() * 50),
    }));
  }

  for (const [kind, write] of Object.entries(writers)) {
    it(`are set aside in ${kind}, and said, but not when they are named`, async () => {
      await using folder = await temporaryFolder();
      const reference = await folder.write(`january.${kind}`, write(customers(1, 10_000)));
      const live = await folder.write(`february.${kind}`, write(customers(2, 11_000)));
      const args = ['--reference', reference, '--live', live];
      const report = await driftReport(...args);
      assert.deepEqual(
        report.features.map(({ name }) => name),
        ['age'],
      );
      assert.equal(report.verdict, 'stable');
      assert.deepEqual(report.notes, [
        'customer_no and email are left out: they look like ids, which say nothing about new rows. To compare them all the same, name them in --features.',
        'signup and renewal are left out: they look like dates, which say nothing about new rows. To compare them all the same, name them in --features.',
      ]);
      const page = join(folder.path, 'page.html');
      const { stdout } = await runCommand('drift', [...args, '--html', page]);
      assert.match(
        stdout.replaceAll(/\s+/g, ' '),
        /Note: customer_no and email are left out: they look like ids/,
      );
      assert.doesNotMatch(stdout, /Effect:/);
      assert.match(await readFile(page, 'utf8'), /signup and renewal are left out/);
      const all = await driftReport(...args, '--features', 'age,email');
      assert.deepEqual(all.features.map(({ name }) => name).sort(), ['age', 'email']);
      // Names that are all different promise as many new ones.
      const email = featureOf(all, 'email');
      assert.equal(email.unseen, 500);
      assert.equal(email.verdict, 'stable');
      assert.deepEqual(all.notes, []);
    });
  }

  it('are refused when there is nothing else', async () => {
    await using folder = await temporaryFolder();
    const rows = customers(1, 1).map(({ email, signup }) => ({ email, signup }));
    const file = await folder.write('only.csv', toTable(rows));
    const { stderr, code } = await runCommand('drift', ['--reference', file, '--live', file]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /only\.csv: no column to compare: email looks like ids, signup looks like dates: name them in --features/,
    );
  });
});

describe('a column of percentages or amounts of money', () => {
  for (const [name, sign, unit] of [
    ['points', '.', '%'],
    ['commas', ',', ' %'],
    ['commas and no-break spaces', ',', '\u00a0%'],
    ['commas, in euros', ',', ' €'],
  ] as const) {
    it(`is one of numbers, with ${name}`, async () => {
      await using folder = await temporaryFolder();
      const shares = Array.from({ length: 400 }, (_, i) => (i % 80) / 2);
      const plain = await folder.write(
        'plain.csv',
        `share;n\n${shares.map((share) => `${share};1`).join('\n')}\n`,
      );
      const written = shares.map((share) => `${String(share).replace('.', sign)}${unit};1`);
      const percent = await folder.write('percent.csv', `share;n\n${written.join('\n')}\n`);
      const report = await driftReport('--reference', plain, '--live', percent);
      const share = featureOf(report, 'share');
      assert.equal(share.kind, 'numeric');
      assert.equal(share.psi, 0);
      assert.equal(share.summary?.live?.max, 39.5);
      assert.deepEqual(report.notes, []);
      const swapped = await driftReport('--reference', percent, '--live', plain);
      assert.equal(featureOf(swapped, 'share').psi, 0);
    });
  }

  it('is refused in every command where some of its numbers have the sign and others do not', async () => {
    await using folder = await temporaryFolder();
    const rows = Array.from({ length: 60 }, (_, i) => [
      i % 3 === 0 ? `0.${10 + i}` : `${10 + i}.5 %`,
      i % 2 === 0 ? 'yes' : 'no',
    ]);
    const mixed = await folder.write(
      'mixed.csv',
      `share,lost\n${rows.map((row) => row.join()).join('\n')}\n`,
    );
    const fault = `${mixed}:3: column share: '11.5 %' has the sign %, but not all numbers of the column have it (40 of 60): write them in one unit\n`;
    const drift = await runCommand('drift', ['--reference', mixed, '--live', mixed]);
    assert.deepEqual(drift, { stdout: '', stderr: fault, code: 1 });
    const train = [
      '--data',
      mixed,
      '--target',
      'lost',
      '--positive',
      'yes',
      '--out',
      `${folder.path}/m.json`,
    ];
    assert.deepEqual(await runCommand('train', train), { stdout: '', stderr: fault, code: 1 });
  });
});

describe('names and categories with line breaks and control characters', () => {
  it('are printed in one line, without what a terminal would obey', async () => {
    await using folder = await temporaryFolder();
    const name = 'income\n\u001b[31mmonthly';
    const rows = (category: string) =>
      Array.from({ length: 400 }, (_, i) => ({
        age: i % 50,
        [name]: i % 3 ? category : 'b',
        lost: i % 5 < 2 ? 'yes\u0007' : 'no',
      }));
    const reference = await folder.write('reference.csv', toTable(rows('a')));
    const live = await folder.write('live.csv', toTable(rows('c\u001b]0;x\u0007\r\nd')));
    const out = join(folder.path, 'model.json');
    const train = ['--data', reference, '--target', 'lost', '--positive', 'yes\u0007', '--out', out];
    const runs = [
      await runCommand('train', train),
      await runCommand('drift', ['--reference', reference, '--live', live]),
      await runCommand('drift', ['--model', out, '--live', live]),
      await runCommand('evaluate', ['--model', out, '--data', live, '--by', name]),
      await runCommand('rebaseline', [
        '--model',
        out,
        '--live',
        live,
        '--accepted-by',
        'me',
        '--reason',
        'test',
        '--out',
        `${out}2`,
      ]),
    ];
    for (const { stdout, stderr, code } of runs) {
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stdout.replaceAll('\n', ''), /\p{Cc}/u);
      // a path may be longer
      assert.ok(
        stdout.split('\n').every((line) => [...line].length <= 80 || /^ *\S+$/.test(line)),
        stdout,
      );
    }
    assert.match(runs[1].stdout, /^▲ income\\u\{a\}\\u\{… /m);
    const { stderr } = await runCommand('drift', [
      '--reference',
      reference,
      '--live',
      live,
      '--features',
      'x',
    ]);
    assert.match(stderr, /^[^\p{Cc}]+\n$/u);
  });
});

describe('values of the reference that are dropped', () => {
  it('are said as those of the live rows are', async () => {
    await using folder = await temporaryFolder();
    const temperatures = (bad: string) =>
      `t,p\n${Array.from({ length: 400 }, (_, i) => `${i % 5 === 0 ? bad : (i % 40) - 20},${i % 50}`).join('\n')}\n`;
    const good = await folder.write('good.csv', temperatures('1'));
    for (const bad of ['inf', '1e999', 'twelve', '0x1f']) {
      const odd = await folder.write('odd.csv', temperatures(bad));
      const ofReference = await driftReport('--reference', odd, '--live', good);
      assert.deepEqual(
        ofReference.notes,
        ['t: 80 values of the reference are no numbers and count as missing.'],
        bad,
      );
      const ofLive = await driftReport('--reference', good, '--live', odd);
      assert.deepEqual(ofLive.notes, ['t: 80 values are no numbers and count as missing.'], bad);
    }
    const json = await folder.write(
      'odd.jsonl',
      toJsonl(Array.from({ length: 400 }, (_, i) => ({ t: i === 7 ? 'x' : i % 40, p: i % 50 }))),
    );
    const one = await driftReport('--reference', json, '--live', good);
    assert.deepEqual(one.notes, ['t: 1 value of the reference is no number and counts as missing.']);
  });

  it('are said by rebaseline too', async () => {
    await using folder = await temporaryFolder();
    const rows = makeSamples({ count: 300 }).map(({ features }, i) =>
      i % 10 === 0 ? { ...features, age: 'old' } : features,
    );
    const live = await folder.write('live.jsonl', toJsonl(rows));
    const args = [
      '--model',
      model,
      '--live',
      live,
      '--accepted-by',
      'me',
      '--reason',
      'test',
      '--out',
      join(folder.path, 'x.json'),
    ];
    const { stdout, code } = await runCommand('rebaseline', args);
    assert.equal(code, 0);
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      /note age: 30 values of the reference are no numbers and count as missing\./,
    );
  });
});

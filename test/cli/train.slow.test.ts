import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { createJointGroups } from '../../src/monitor/joint-groups.ts';
import { maxGroups } from '../../src/outcomes/token.ts';
import { createRandom } from '../../src/stats/random.ts';
import { runCommand } from '../report/run-command.ts';
import { weightsOf } from '../support/model-parts.ts';

type Run = { status: number; stdout: string; stderr: string };

function train(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    // as by its name, however these tests were started
    const env = { ...process.env, npm_command: '' };
    execFile(process.execPath, ['bin/vigia.cjs', 'train', ...args], { env }, (error, stdout, stderr) => {
      resolve({ status: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}

/** Sixty rows whose columns are named and written by `columns`; the target `y` is yes in every third. */
function table(columns: Record<string, (i: number) => string>, delimiter = ',', end = '\n'): string {
  const rows = Array.from({ length: 60 }, (_, i) => [
    ...Object.values(columns).map((write) => write(i)),
    i % 3 === 0 ? 'yes' : 'no',
  ]);
  return [[...Object.keys(columns), 'y'], ...rows].map((row) => row.join(delimiter) + end).join('');
}

const number = (i: number) => String((i * 37) % 23);
const kind = (i: number) => ['a', 'b', 'c'][(i * 5) % 3 === 0 ? i % 3 : (i * 7) % 3];

describe('npm run train', () => {
  let folder: string;
  let data: string;
  let out: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'train-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder);
    data = join(folder, 'own.csv');
    out = join(folder, 'model.json');
  });

  async function trainOn(content: string | Buffer, ...args: string[]): Promise<Run> {
    await writeFile(data, content);
    return train('--data', data, '--target', 'y', '--positive', 'yes', '--out', out, ...args);
  }

  async function trained(content: string | Buffer, ...args: string[]): Promise<Artifact> {
    const run = await trainOn(content, ...args);
    assert.equal(run.status, 0, run.stderr);
    return loadArtifact(out);
  }

  async function refuses(run: Run, message: string, status = 1): Promise<void> {
    assert.equal(run.stderr, `${message}\n`);
    assert.equal(run.status, status);
    assert.equal(run.stdout, '');
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name !== 'own.csv'),
      [],
    );
  }

  it('trains the model that is delivered, to the byte', async () => {
    const { status, stdout, stderr } = await train('--out', out);
    assert.equal(stderr, '');
    assert.equal(status, 0);
    assert.equal(await readFile(out, 'utf8'), await readFile('models/credit.json', 'utf8'));
    const { name, version, features, output, protected: watched } = await loadArtifact(out);
    assert.deepEqual(
      features.map((feature) => feature.name),
      ['age', 'limit', 'history'],
    );
    assert.deepEqual([name, watched], ['credit', ['age']]);
    assert.deepEqual(classesOf({ output }), { column: 'outcome', positive: 'bad', negative: 'good' });
    assert.equal(output.threshold.value, 0.5);
    for (const told of [
      /^rows +1,000, of which bad 300 \(30 %\)$/m,
      /^AUC +0\.66\d ± 0\.0\d\d /m,
      /^log-loss +0\.57\d ± 0\.0\d\d$/m,
      /^threshold +0\.5: /m,
      /^drift +With 1,000 reference rows /m,
      // wrapped where the folder has a long name
      new RegExp(`^written\\s+${out},\\s+model\\s+credit\\s+version\\s+${version}$`, 'm'),
    ]) {
      assert.match(stdout, told);
    }
  });

  it('takes all columns but the target of an own table, and its name', async () => {
    const { name, features, output, protected: watched } = await trained(table({ n: number, k: kind }));
    assert.deepEqual(
      features.map((feature) => [feature.name, feature.kind]),
      [
        ['n', 'numeric'],
        ['k', 'categorical'],
      ],
    );
    assert.deepEqual([name, watched], ['own', []]);
    assert.deepEqual(classesOf({ output }), { column: 'y', positive: 'yes', negative: 'no' });
  });

  it('keeps weights smaller the larger the ridge, and says which it was', async () => {
    const content = table({ n: number, k: kind });
    const weak = await trained(content, '--ridge', '1e-6');
    const left = await trained(content);
    const strong = await trained(content, '--ridge', '10');
    const ridges = [weak, left, strong].map(({ training }) => training.ridge);
    assert.deepEqual(ridges, [1e-6, 1, 10]);
    const sizes = [weak, left, strong].map((model) => Math.abs(weightsOf(model, 'n', 'numeric').coefficient));
    assert.ok(sizes[0] > sizes[1] && sizes[1] > sizes[2], `${sizes}`);
  });

  it('takes every option', async () => {
    const args = ['--features', 'k, n', '--categorical', 'n', '--name', 'mine', '--threshold', '0.25'];
    const artifact = await trained(
      table({ id: String, n: number, k: kind }),
      ...args,
      ...['--protected', 'k', '--sensitive', 'n,k', '--segments', 'k'],
    );
    assert.deepEqual(
      artifact.features.map((feature) => [feature.name, feature.kind]),
      [
        ['k', 'categorical'],
        ['n', 'categorical'],
      ],
    );
    assert.equal(artifact.name, 'mine');
    assert.equal(artifact.output.threshold.value, 0.25);
    assert.match(artifact.output.threshold.reason, /3 times/);
    assert.deepEqual(artifact.protected, ['k']);
    assert.deepEqual(artifact.sensitive, ['n', 'k']);
    assert.deepEqual(
      artifact.segments?.map(({ feature }) => feature),
      ['k'],
    );
  });

  it('refuses segments that cannot be', async () => {
    const content = table({ n: number, k: kind });
    await refuses(
      await trainOn(content, '--segments', 'x'),
      '--segments names x, which is none of the features n, k (see vigia train --help)',
      2,
    );
    await refuses(
      await trainOn(content, '--segments', 'k,n'),
      'segments: n holds numbers, and only categories are segments: omit it, or if the numbers are codes, use --categorical n',
    );
    // 12 segments × (80 × 11 bins and the score's 11), before any fit
    const many = Object.fromEntries(
      Array.from({ length: 80 }, (_, i) => [
        `n${i}`,
        (row: number) => Math.sin(row * (i + 1) + 1).toFixed(4),
      ]),
    );
    const twelve = (i: number) => 'abcdefghijkl'[(i * 7) % 12];
    await refuses(
      await trainOn(table({ k: twelve, ...many }), '--segments', 'k'),
      'segments of k need 10,692 counts, one for each segment and each bin of the other features, and at most 10,000 are allowed: name fewer features, or features with fewer categories',
    );
  });

  it('says of which protected features outcomes cannot be counted', async () => {
    const names = Array.from({ length: 9 }, (_, i) => `n${i}`);
    const columns = names.map((name, k) => [name, (i: number) => String((i * (3 + k)) % 23)]);
    const content = table(Object.fromEntries(columns));
    const { stdout } = await trainOn(content, '--protected', names.toReversed().join(','));
    const said = / protected (.+): decisions are counted by bin, but outcomes are not/.exec(
      stdout.replaceAll(/\s+/g, ' '),
    );
    const { leftOut } = createJointGroups(await loadArtifact(out), maxGroups);
    assert.ok(leftOut.includes('n0') && !leftOut.includes('n8'));
    assert.equal(said?.[1], leftOut.join(', '));
    const few = await trainOn(content, '--protected', 'n0,n1');
    assert.doesNotMatch(few.stdout, /protected/);
  });

  it('says what --sensitive does not hide', async () => {
    const { stdout } = await trainOn(table({ n: number, k: kind }), '--sensitive', 'n,k');
    assert.match(
      stdout.replaceAll(/\s+/g, ' '),
      / sensitive n, k: redacted, but whoever has the model and a sample .* SAMPLES_VALUES=off prevents that/,
    );
    assert.doesNotMatch((await trainOn(table({ n: number, k: kind }))).stdout, /sensitive/);
  });

  it('reads the same from every dialect of the same table', async () => {
    const amount = (i: number) => (1000 + ((i * 37) % 23) * 12.5).toFixed(1);
    const german = (i: number) => `1.${amount(i).slice(1).replace('.', ',')}`;
    const town = (i: number) => ['Köln', 'Trier', 'Ulm'][(i * 7) % 3];
    const quoted = (write: (i: number) => string) => (i: number) => `"${write(i)}"`;
    const plain = table({ amount, town });
    const dialects: [name: string, content: string | Buffer][] = [
      ['CRLF and quotes', table({ amount: quoted(amount), town: quoted(town) }, ',', '\r\n')],
      ['a byte order mark', `\ufeff${plain}`],
      ['semicolons and decimal commas', table({ amount: german, town }, ';')],
      ['tabs', table({ amount, town }, '\t')],
      ['bars', table({ amount, town }, '|')],
      ['Latin-1', Buffer.from(plain, 'latin1')],
      ['UTF-16', Buffer.from(`\ufeff${plain}`, 'utf16le')],
      ['gzip', gzipSync(plain)],
      ['gzip in two parts', Buffer.concat([gzipSync(plain.slice(0, 99)), gzipSync(plain.slice(99))])],
    ];
    const expected = await trained(plain);
    for (const [name, content] of dialects) {
      const { features, evaluation, training } = await trained(content);
      assert.deepEqual(features, expected.features, name);
      assert.deepEqual(evaluation, expected.evaluation, name);
      if (name.startsWith('gzip')) assert.deepEqual(training, expected.training, name);
    }
  });

  it('names the model of a packed table after the table', async () => {
    const packed = join(folder, 'loans.csv.gz');
    await writeFile(packed, gzipSync(table({ n: number })));
    const run = await train('--data', packed, '--target', 'y', '--positive', 'yes', '--out', out);
    assert.equal(run.status, 0, run.stderr);
    assert.equal((await loadArtifact(out)).name, 'loans');
  });

  it('reads standard input, packed or not, and asks how to call the model', async () => {
    const args = ['--data', '-', '--target', 'y', '--positive', 'yes', '--out', out];
    const content = table({ n: number });
    for (const input of [content, gzipSync(content)]) {
      const run = await runCommand('train', [...args, '--name', 'piped'], { input });
      assert.equal(run.code, 0, run.stderr);
      assert.equal((await loadArtifact(out)).name, 'piped');
      await rm(out);
    }
    await refuses(await train(...args), '--data - needs --name for the model (see vigia train --help)', 2);
    const empty = await runCommand('train', [...args, '--name', 'piped']);
    assert.equal(empty.stderr, 'standard input: is empty: a header row is needed\n');
  });

  it('makes a feature nullable whose values are missing, as nothing or as NA', async () => {
    const { features } = await trained(
      table({
        n: (i) => (i % 5 === 0 ? '' : number(i)),
        k: (i) => (i % 7 === 0 ? 'NA' : kind(i)),
        whole: (i) => String((i * 11) % 17),
      }),
    );
    assert.deepEqual(
      features.map(({ nullable }) => nullable),
      [true, true, false],
    );
    assert.equal(features[0].reference.counts.at(-1), 12);
    assert.equal(features[1].reference.counts.at(-2), 9);
  });

  it('takes what means a missing value for one, also with characters around it that nobody sees', async () => {
    for (const mark of ['NA', '\u200bNA', '\u200b', '\u202aNULL\u202c', '\u00a0n/a\u200e']) {
      const gap = (write: (i: number) => string) => (i: number) => (i % 5 === 0 ? mark : write(i));
      const { features } = await trained(table({ n: gap(number), k: gap(kind) }));
      for (const feature of features) {
        assert.equal(feature.nullable, true, JSON.stringify([mark, feature.name]));
        if (feature.kind === 'categorical') assert.deepEqual(feature.categories.toSorted(), ['a', 'b', 'c']);
      }
    }
  });

  it('takes the words of --na in place of the usual ones, in a column of categories', async () => {
    const words = ['NA', 'a', '?', 'b'];
    const content = table({ n: (i) => (i % 5 ? number(i) : 'NA'), k: (i) => words[i % 4] });
    const categories = async (...args: string[]) => {
      const [n, k] = (await trained(content, ...args)).features;
      assert.equal(n.nullable, true);
      return k.kind === 'categorical' && k.categories.toSorted();
    };
    assert.deepEqual(await categories(), ['?', 'a', 'b']);
    assert.deepEqual(await categories('--na', '?,none'), ['NA', 'a', 'b']);
    assert.deepEqual(await categories('--na', '?', '--na', 'NA'), ['a', 'b']);
  });

  it('leaves out the columns of --exclude', async () => {
    const content = table({ n: number, k: kind, x: number });
    const { features } = await trained(content, '--exclude', 'x', '--exclude', 'k');
    assert.deepEqual(
      features.map(({ name }) => name),
      ['n'],
    );
    for (const [names, message] of [
      ['y', '--exclude holds the target, y (see vigia train --help)\n'],
      ['n,k,x', `${data}:1: no column is left as a feature beside the target, y\n`],
    ]) {
      assert.equal((await trainOn(content, '--exclude', names)).stderr, message);
    }
  });

  it('warns of codes that were read as amounts, of guessing, and of a model that predicts almost nobody', async () => {
    const said = async (content: string, ...args: string[]) =>
      (await trainOn(content, ...args)).stdout.replaceAll(/\s+/g, ' ');
    const codes = ['01067', '80331', '20095'];
    const coded = table({ n: number, plz: (i) => codes[i % 3] });
    assert.match(
      await said(coded),
      /caution plz has numbers with leading zeros, .* --categorical plz reads codes/,
    );
    assert.doesNotMatch(await said(coded, '--categorical', 'plz'), /leading zeros/);
    const random = createRandom(5);
    const rows = (count: number, row: () => string) =>
      `n,y\n${Array.from({ length: count }, row).join('\n')}\n`;
    const guess = rows(300, () => `${random()},${random() < 0.5 ? 'yes' : 'no'}`);
    assert.match(
      await said(guess),
      /caution an AUC of 0\.\d+ cannot be distinguished from guessing \(0\.5\)/,
    );
    const rare = rows(4000, () => {
      const isPositive = random() < 0.02;
      return `${random() + random() + (isPositive ? 0.4 : 0)},${isPositive ? 'yes' : 'no'}`;
    });
    const text = await said(rare);
    assert.match(
      text,
      /decisions .*recall 0\.\d+; yes is predicted for [\d.]+ % of the rows, and true for [\d.]+ %/,
    );
    const [, threshold, recall] =
      /almost no row is predicted yes, and only .* --threshold (0\.\d+) would find ([\d.]+) %/.exec(text) ??
      [];
    const proposed = await said(rare, '--threshold', threshold);
    assert.doesNotMatch(proposed, /caution/);
    const [, found] = /recall (0\.\d+);/.exec(proposed) ?? [];
    assert.ok(Math.abs(Number(found) - Number(recall) / 100) < 0.1, `${found} against ${recall} %`);
  });

  it('uses ids and dates only when told to', async () => {
    const dates = (i: number) => `2024-01-${10 + (i % 18)}`;
    const content = table({ n: number, id: (i) => `c${i}`, when: dates });
    const { stderr, status } = await trainOn(content);
    assert.ok(
      stderr.startsWith(
        `${data}: columns say nothing about new rows: id looks like ids; when looks like dates. What only looks like ids or dates can be used with --allow-ids id,when. Otherwise leave them out with --exclude id,when: vigia train --data `,
      ),
      stderr,
    );
    assert.equal(status, 1);
    const [, advised] = / (vigia train .*)\n$/.exec(stderr) ?? [];
    execFileSync('sh', ['-c', advised.replace('vigia', `"${process.execPath}" bin/vigia.cjs`)]);
    assert.deepEqual(
      (await loadArtifact(out)).features.map(({ name }) => name),
      ['n'],
    );
    const { features } = await trained(content, '--allow-ids', 'id,when');
    const id = features[1];
    assert.ok(id.kind === 'categorical');
    // Each is of one row: only the first of the commonest stands by itself.
    assert.deepEqual([id.categories.length, id.grouped.length], [1, 59]);
  });

  it('takes names with commas, quotes and blanks in every option', async () => {
    const content = table({
      '"income, net"': number,
      '"a=b"': kind,
      '" score "': (i) => String(i % 3),
      id: (i) => `c${i}`,
    });
    const target = content.replace(',y\n', ',"y, or n"\n');
    const artifact = await trained(
      target,
      ...[
        '--target',
        'y, or n',
        '--features',
        'a=b,"income, net"',
        '--features',
        'score',
        '--features',
        'id',
      ],
      ...[
        '--categorical',
        '"score"',
        '--allow-ids',
        'id',
        '--protected',
        'a=b,"income, net"',
        '--sensitive',
        'income, net',
      ],
    );
    assert.deepEqual(
      artifact.features.map(({ name, kind }) => `${name} ${kind}`),
      ['a=b categorical', 'income, net numeric', 'score categorical', 'id categorical'],
    );
    assert.equal(artifact.output.column, 'y, or n');
    assert.deepEqual(artifact.protected, ['a=b', 'income, net']);
    assert.deepEqual(artifact.sensitive, ['income, net']);
    const { stderr } = await trainOn(target, '--target', 'y, or n', '--protected', 'x');
    assert.match(stderr, /looks like ids/);
    const wrong = await trainOn(
      target,
      '--target',
      'y, or n',
      '--features',
      'a=b,"income, net"',
      '--protected',
      'x',
    );
    assert.match(wrong.stderr, /^--protected names x, which is none of the features a=b, "income, net" /);
  });

  it('reads grouped thousands as any other number where the column shows them', async () => {
    const value = (i: number) => Math.round(10 ** (2 + (i % 20) / 10)) + i;
    const plain = await trained(table({ income: (i) => String(value(i)), n: number }, '\t'));
    for (const locale of ['en', 'de', 'de-CH', 'fr']) {
      const grouped = await trained(
        table({ income: (i) => value(i).toLocaleString(locale), n: number }, '\t'),
      );
      assert.deepEqual(grouped.features, plain.features, locale);
    }
    const lakhs = await trained(
      table({ income: (i) => (value(i) * 100).toLocaleString('en-IN'), n: number }, '\t'),
    );
    const hundredfold = await trained(table({ income: (i) => String(value(i) * 100), n: number }, '\t'));
    assert.deepEqual(lakhs.features, hundredfold.features);
  });

  it('asks for the decimal sign where nothing shows it, and tells no sensitive value', async () => {
    const unclear = table({ income: (i) => `${(i % 7) + 1},${100 + i}`, n: number }, '\t');
    await refuses(
      await trainOn(unclear),
      `${data}:2: column income: '1,100' is 1100 or 1.1, and the column does not show which: choose with --decimal . or --decimal ,`,
    );
    const run = await trainOn(unclear, '--sensitive', 'income');
    assert.equal(run.status, 1);
    assert.doesNotMatch(run.stderr, /1,100|1100/);
    const mixed = `${table({ x: (i) => `${i}.5`, n: number }, ';')}1,5;3;no\n2,5;3;yes\n`;
    await refuses(
      await trainOn(mixed),
      `${data}:62: column x: '1,5' has a decimal comma, but '0.5' on line 2 a decimal point: write all numbers in one notation`,
    );
    const meanOf = async (sign: string) => {
      const { features } = await trained(unclear, '--decimal', sign);
      return features[0].kind === 'numeric' ? features[0].summary.mean : Number.NaN;
    };
    const [point, comma] = [await meanOf('.'), await meanOf(',')];
    assert.ok(Math.abs(point / comma / 1000 - 1) < 1e-9, `${point} ${comma}`);
  });

  it('knows classes however they are written', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${number(i)},${i % 3 === 0 ? '1.0' : '0'}`);
    await writeFile(data, `n,y\n${rows.join('\n')}\n`);
    for (const positive of ['1', '1.0']) {
      const run = await train('--data', data, '--target', 'y', '--positive', positive, '--out', out);
      assert.equal(run.status, 0, run.stderr);
      assert.deepEqual(classesOf(await loadArtifact(out)), { column: 'y', positive: '1', negative: '0' });
    }
  });

  describe('refuses', () => {
    it('a file that is not there, and one that is no table', async () => {
      const missing = join(folder, 'none.csv');
      await refuses(
        await train('--data', missing, '--target', 'y', '--positive', 'yes', '--out', out),
        `${missing}: no such file`,
      );
      await refuses(await trainOn(''), `${data}: is empty: a header row is needed`);
      await refuses(await trainOn('n,y\n'), `${data}: has a header but no rows`);
    });

    it('packed data that were cut off or changed', async () => {
      const packed = gzipSync(table({ n: number, k: kind }));
      const cut = await trainOn(packed.subarray(0, -20));
      await refuses(cut, `${data}: damaged gzip data: unexpected end of file`);
      const changed = Buffer.from(packed);
      changed[changed.length - 5] ^= 1;
      await refuses(await trainOn(changed), `${data}: damaged gzip data: incorrect data check`);
    });

    it('a column of numbers most of which are but marks', async () => {
      const content = table({ n: number, m: (i) => (i % 4 ? '?' : String(i)) });
      await refuses(
        await trainOn(content),
        `${data}:3: column m: '?' is not a number, as most of the column is: correct it, leave the cell empty, say with --na '?' that it means a missing value, or treat the column as categories with --categorical m`,
      );
    });

    it('numbers most of which are missing under a word of its own', async () => {
      const content = table({ n: number, m: (i) => (i % 2 ? 'unbekannt' : String(1000 + ((i * 37) % 61))) });
      const { stderr } = await trainOn(content);
      assert.match(
        stderr,
        /column m: 'unbekannt' stands in all rows that hold none of the \d+ different numbers: /,
      );
      assert.match(stderr, /say with --na unbekannt that it means a missing value, or .* --categorical m\n$/);
      const artifact = await trained(content, '--na', 'unbekannt');
      assert.deepEqual(
        artifact.features.map(({ kind, nullable }) => [kind, nullable]),
        [
          ['numeric', false],
          ['numeric', true],
        ],
      );
    });

    it('an unknown column', async () => {
      const content = table({ n: number, k: kind });
      const rest = 'no such column, the header has n, k, y';
      await refuses(await trainOn(content, '--features', 'n,x'), `${data}:1: column x: ${rest}`);
      await refuses(await trainOn(content, '--target', 'z'), `${data}:1: column z: ${rest}`);
      await refuses(await trainOn(content, '--categorical', 'q'), `${data}:1: column q: ${rest}`);
    });

    it('a target without two values', async () => {
      const content = table({ n: number });
      await refuses(
        await trainOn(`${content}1,maybe\n`),
        `${data}:62: column y: a third value, 'maybe', beside 'yes' and 'no': the target must have two`,
      );
      await refuses(
        await trainOn(`${content}1,\n`),
        `${data}:62: column y: the target is missing: leave out rows without one`,
      );
      await refuses(
        await trainOn(content.replaceAll('yes', 'no')),
        `${data}:2: column y: only one class, 'no': the target must have two values`,
      );
      await refuses(
        await trainOn(content, '--positive', 'true'),
        `${data}:2: column y: no row is 'true', the classes are 'yes' and 'no': choose one with --positive`,
      );
      await refuses(
        await trainOn(`${content.replaceAll('yes', 'no')}1,yes\n`),
        `${data}:62: column y: the only row of the class 'yes': two are needed to evaluate`,
      );
    });

    it('without quoting a sensitive value', async () => {
      assert.ok(
        (await trainOn(table({ n: number, c: () => 'same' }), '--sensitive', 'c')).stderr.startsWith(
          `${data}: a column says nothing about new rows: c is constant, always the same value. Leave it out with --exclude c: vigia train `,
        ),
      );
      const { stderr } = await trainOn(`${table({ n: number })}1O,yes\n`, '--sensitive', 'n');
      assert.match(stderr, /:62: column n: a value is not a number/);
    });

    it('an empty and a constant column', async () => {
      assert.ok(
        (await trainOn(table({ n: number, e: (i) => (i % 2 ? '' : 'NA') }))).stderr.startsWith(
          `${data}: a column says nothing about new rows: e is empty. Leave it out with --exclude e: vigia train `,
        ),
      );
      assert.ok(
        (await trainOn(table({ n: number, c: () => '5' }))).stderr.startsWith(
          `${data}: a column says nothing about new rows: c is constant, always '5'. Leave it out with --exclude c: vigia train `,
        ),
      );
      assert.ok(
        (await trainOn(table({ n: number, c: () => 'same' }))).stderr.startsWith(
          `${data}: a column says nothing about new rows: c is constant, always 'same'. Leave it out with --exclude c: vigia train `,
        ),
      );
    });

    it('a broken row', async () => {
      const content = table({ n: number, k: kind });
      await refuses(
        await trainOn(`${content}1,a\n`),
        `${data}:62: 2 fields, the header has 3: column y is missing`,
      );
      await refuses(await trainOn(`${content}1,a,yes,4\n`), `${data}:62: 4 fields, the header has 3`);
      await refuses(
        await trainOn(`${content}1,"a,yes\n2,b,no\n`),
        `${data}:62: a quoted field is never closed, or continues after its closing quote`,
      );
      await refuses(
        await trainOn(`${content}1O,a,yes\n`),
        `${data}:62: column n: '1O' is not a number, as most of the column is: correct it, leave the cell empty, or treat the column as categories with --categorical n`,
      );
      await refuses(await trainOn('n,n,y\n1,2,yes\n'), `${data}:1: column n: the header names it twice`);
    });

    it('wrong use, with status 2', async () => {
      const wrong: [args: string[], message: RegExp][] = [
        [['--nonsense'], /^there is no option --nonsense \(see vigia train --help\)\n$/],
        [['--threshold', '1'], /^--threshold is between 0 and 1, not '1' /],
        [['--ridge', '0'], /^--ridge is a number above 0, not '0': .* separates the classes/],
        [['--ridge', 'strong'], /^--ridge is a number above 0, not 'strong'/],
        [['--threshold', 'x'], /^--threshold is between 0 and 1, not 'x' /],
        [['--features', 'n,,k'], /^--features has an empty name/],
        [['--features', 'n,n'], /^--features names n twice /],
        [['--features', 'n,y'], /^--features holds the target, y /],
        [['--protected', 'x'], /^--protected names x, which is none of the features n, k /],
        [['--name', ''], /^--name cannot be '': /],
        [['--name', '..'], /^--name cannot be '\.\.': /],
        [['--name', '.hidden'], /^--name cannot be '\.hidden': /],
        [['--name', 'a/../b'], /^--name cannot be 'a\/\.\.\/b': /],
      ];
      for (const [args, message] of wrong) {
        const run = await trainOn(table({ n: number, k: kind }), ...args);
        assert.match(run.stderr, message);
        await refuses(run, run.stderr.trimEnd(), 2);
        assert.equal(run.stderr.split('\n').length, 2, run.stderr);
      }
    });
  });

  it('leaves the old model when the new one cannot be made or written', async () => {
    await writeFile(out, 'old');
    const failed = await trainOn('n,y\n1\n');
    assert.equal(failed.status, 1);
    assert.equal(await readFile(out, 'utf8'), 'old');
    const blocked = join(folder, 'folder');
    await mkdir(blocked);
    const run = await trainOn(table({ n: number }), '--out', blocked);
    assert.equal(run.stderr, `${blocked}: cannot be written: EISDIR\n`);
    assert.equal(run.status, 1);
    assert.deepEqual((await readdir(folder)).toSorted(), ['folder', 'model.json', 'own.csv']);
  });

  it('makes the folder that it writes to', async () => {
    const deep = join(folder, 'a', 'b', 'm.json');
    const run = await trainOn(table({ n: number }), '--out', deep);
    assert.equal(run.stderr, '');
    assert.equal((await loadArtifact(deep)).name, 'own');
  });
});

function classesOf({ output: { column, positive, negative } }: Pick<Artifact, 'output'>) {
  return { column, positive, negative };
}

import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { options } from '../../src/cli/commands/profile.ts';
import { compareScores } from '../../src/cli/compare-scores.ts';
import { parseOptions } from '../../src/cli/parse-options.ts';
import { readProfileOptions, resolveProfileColumns } from '../../src/cli/profile-options.ts';
import { readPredictor } from '../../src/cli/read-predictor.ts';
import { UsageError } from '../../src/cli/run-cli.ts';
import { readScoredRows, type ScoredRowsOptions } from '../../src/cli/scored-rows.ts';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { type Ended, runCommand } from '../report/run-command.ts';

const fixture = 'test/profile/fixtures/scored.csv';

/** Sixty rows: a number, a score that rises with it, the prediction from 0.4 on, and what became of the row. */
function table(change: (row: Record<string, string>, i: number) => Record<string, string> = (row) => row) {
  const rows = Array.from({ length: 60 }, (_, i) => {
    const n = (i * 37) % 23;
    const score = (n + 1) / 25;
    const row = {
      n: `${n}`,
      p: `${score}`,
      label: score >= 0.4 ? 'yes' : 'no',
      y: i % 3 === 0 ? 'yes' : 'no',
    };
    return change(row, i);
  });
  return [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))]
    .map((cells) => `${cells.join(',')}\n`)
    .join('');
}

/** Changes one cell, of the row on the given line. */
const withCell = (line: number, column: string, cell: string) =>
  table((row, i) => (i === line - 2 ? { ...row, [column]: cell } : row));

describe('npm run profile', () => {
  let folder: string;
  let data: string;
  let out: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'profile-'));
    data = join(folder, 'own.csv');
    out = join(folder, 'model.json');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const profile = (...args: string[]) => runCommand('profile', ['--out', out, ...args]);

  async function made(run: Ended): Promise<Artifact> {
    assert.equal(run.stderr, '');
    assert.equal(run.code, 0);
    return loadArtifact(out);
  }

  it('makes a model file of the rows of a scikit-learn model, and says what it found', async () => {
    const columns = [
      '--score',
      'p_churn',
      '--prediction',
      'label',
      '--target',
      'churned',
      '--positive',
      'yes',
    ];
    const run = await profile(
      ...['--data', fixture, '--name', 'churn', '--exclude', 'customerID,signup_date', ...columns],
      ...[
        '--categorical',
        'senior',
        '--protected',
        'senior',
        '--segments',
        'contract',
        '--sensitive',
        'payment,(key)',
      ],
    );
    const { name, features, output, predictor, evaluation, ...rest } = await made(run);
    assert.equal(name, 'churn');
    assert.deepEqual(
      features.map((feature) => `${feature.name} ${feature.kind}`),
      [
        'tenure numeric',
        'monthly numeric',
        'contract categorical',
        'payment categorical',
        'senior categorical',
      ],
    );
    assert.deepEqual([output.column, output.positive, output.negative], ['churned', 'yes', 'no']);
    assert.equal(output.threshold.value, 0.4);
    assert.deepEqual([rest.protected, rest.sensitive], [['senior'], ['payment', '(key)']]);
    assert.deepEqual(
      rest.segments?.map(({ feature }) => feature),
      ['contract'],
    );
    assert.equal(predictor, undefined);
    assert.equal(evaluation?.protocol.kind, 'held-out');
    for (const told of [
      /^rows +500, of which yes 101 \(20 %\)$/m,
      /^AUC +0\.774 ± 0\.026 /m,
      /^threshold +0\.4: found in the predictions, which are 'yes' from 0\.400021 on and\n +'no' up to 0\.399457$/m,
      /^sensitive +payment: redacted/m,
      /^held out +the rows should not be those the model was fitted on: /m,
      // wrapped where the folder has a long name
      new RegExp(`^written\\s+${out},\\s+model\\s+churn\\s+version\\s+${rest.version}$`, 'm'),
    ]) {
      assert.match(run.stdout, told);
    }
    assert.doesNotMatch(run.stdout, /^(caution|outcomes) /m);
  });

  it('needs nothing but rows and scores, and says what outcomes would add', async () => {
    await writeFile(
      data,
      table(({ n, p }) => ({ n, p })),
    );
    const run = await profile('--data', data, '--score', 'p');
    const { name, output, evaluation } = await made(run);
    assert.equal(name, 'own');
    assert.deepEqual([output.positive, output.negative, output.column], ['positive', 'negative', undefined]);
    assert.equal(output.threshold.value, 0.5);
    assert.equal(evaluation, undefined);
    assert.match(run.stdout, /^rows +60$/m);
    assert.match(run.stdout, /^outcomes +none: .*--target/ms);
    assert.doesNotMatch(run.stdout, /^(AUC|log-loss|accuracy) /m);
    const named = ['--positive', 'churn', '--negative', 'stay', '--threshold', '0.2'];
    const { output: other } = await made(await profile('--data', data, '--score', 'p', ...named));
    assert.deepEqual([other.positive, other.negative, other.threshold.value], ['churn', 'stay', 0.2]);
    assert.match(other.threshold.reason, /^chosen for this model: .* 4 times /);
  });

  it('takes the classes from the predictions if there is no target', async () => {
    await writeFile(
      data,
      table(({ n, p, label }) => ({ n, p, label })),
    );
    const run = await profile('--data', data, '--score', 'p', '--prediction', 'label', '--positive', 'yes');
    const { output, features } = await made(run);
    assert.deepEqual([output.positive, output.negative, output.column], ['yes', 'no', undefined]);
    assert.equal(output.threshold.value, 0.4);
    assert.deepEqual(
      features.map((feature) => feature.name),
      ['n'],
    );
  });

  it('accepts predictions of a single class, if the other class and the threshold are given', async () => {
    for (const [label, threshold] of [
      ['no', 0.95],
      ['yes', 0.01],
    ] as const) {
      await writeFile(
        data,
        table(({ n, p }) => ({ n, p, label })),
      );
      const columns = ['--data', data, '--score', 'p', '--prediction', 'label', '--positive', 'yes'];
      const { output } = await made(
        await profile(...columns, '--negative', 'no', '--threshold', `${threshold}`),
      );
      assert.deepEqual([output.positive, output.negative, output.threshold.value], ['yes', 'no', threshold]);
    }
  });

  it('treats scores that rounding has pushed beyond 0 and 1 as these', async () => {
    await writeFile(
      data,
      table((row, i) => ({ ...row, p: i === 3 ? '1.0000004' : i === 4 ? '-1e-17' : row.p })),
    );
    const { rows } = await readScoredRows(data, (header) =>
      resolveProfileColumns(
        readProfileOptions(parseOptions(options, ['--data', data, '--score', 'p', '--exclude', 'label,y'])),
        header,
      ),
    );
    assert.deepEqual([...rows.scores.slice(3, 5)], [1, 0]);
  });

  it('warns of an AUC that is implausible for rows that are new to a model', async () => {
    const perfect = table((row) => ({ ...row, y: row.label })).split('\n');
    await writeFile(data, [...perfect.slice(0, 61), ...perfect.slice(1)].join('\n'));
    const run = await profile(
      '--data',
      data,
      '--score',
      'p',
      '--exclude',
      'label',
      '--target',
      'y',
      '--positive',
      'yes',
    );
    assert.equal((await made(run)).evaluation?.rocAuc.value, 1);
    assert.match(run.stdout, /^caution +an AUC of 1\.000 is rare on rows that a model has not seen/m);
  });

  it('warns of scores that are classes', async () => {
    await writeFile(
      data,
      table(({ n, label, y }) => ({ n, p: label === 'yes' ? '1' : '0', y })),
    );
    const run = await profile('--data', data, '--score', 'p', '--target', 'y', '--positive', 'yes');
    await made(run);
    assert.match(run.stdout.replaceAll(/\s+/g, ' '), / caution every score is 0 or 1, like a class: /);
  });

  it('warns of a prediction among the features', async () => {
    for (const [content, told] of [
      [
        table(),
        "label is 'yes' wherever the score is 0.4 or more, and 'no' everywhere else: if it is the predicted class, name it with --prediction label, or leave it out with --exclude label;",
      ],
      // as a number, and of the other class
      [
        table((row) => ({ ...row, label: row.label === 'yes' ? '0' : '1' })),
        'label is 0 wherever the score is 0.4 or more, and 1 everywhere else: ',
      ],
    ]) {
      await writeFile(data, content);
      const run = await profile('--data', data, '--score', 'p', '--target', 'y', '--positive', 'yes');
      await made(run);
      assert.ok(run.stdout.replaceAll(/\s+/g, ' ').includes(` caution ${told}`), run.stdout);
    }
  });

  it('warns of a target among the features, as far as the scores show it', async () => {
    const columns = ['--score', 'p_churn', '--prediction', 'label', '--positive', 'yes'];
    const run = await profile('--data', fixture, '--exclude', 'customerID,signup_date', ...columns);
    await made(run);
    const cautions = run.stdout.replaceAll(/\s+/g, ' ').match(/ caution .*?--exclude \S+/g);
    assert.deepEqual(cautions, [
      " caution churned is 'yes' in 20 % of the rows, where the scores say 21 %, and the more often the higher they are: if it is what became of the rows, name it with --target churned, or leave it out with --exclude churned",
    ]);
  });

  it('refuses wrong use', async () => {
    const columns = ['--data', data, '--score', 'p'];
    const wrong: [args: string[], message: RegExp][] = [
      [['--score', 'p'], /^--data is needed: the table of rows /],
      [['--data', data], /^--score is needed: /],
      [[...columns, '--target', 'y'], /^--positive is needed: the class of y /],
      [
        [...columns, '--prediction', 'label', '--target', 'y', '--positive', 'yes', '--negative', 'no'],
        /^--negative is the other class of y,/,
      ],
      [
        [...columns, '--prediction', 'label', '--positive', 'yes', '--negative', 'yes'],
        /^--positive and --negative are both 'yes'/,
      ],
      [[...columns, '--positive', '1', '--negative', '1.0'], /^--positive and --negative are both '1'/],
      [[...columns, '--positive', ''], /^a class needs a name/],
      [[...columns, '--exclude', 'n,p'], /^--score and --exclude both name p$/],
      [[...columns, '--target', 'p', '--positive', '1'], /^--score and --target both name p$/],
      [[...columns, '--exclude', 'n,n'], /^--exclude names n twice/],
      [[...columns, '--threshold', '0'], /^--threshold is between 0 and 1, not '0'/],
      [['--data', '-', '--score', 'p'], /^--data - needs --name/],
    ];
    for (const [args, message] of wrong) {
      assert.throws(
        () =>
          resolveProfileColumns(readProfileOptions(parseOptions(options, args)), ['n', 'p', 'label', 'y']),
        (error) => error instanceof UsageError && message.test(error.message),
        args.join(' '),
      );
    }
    await rm(out, { force: true });
    await writeFile(data, table());
    const run = await profile(...columns, '--exclude', 'label,y', '--segments', 'x');
    const message = '--segments names x, which is none of the features n (see vigia profile --help)\n';
    assert.deepEqual([run.code, run.stdout, run.stderr], [2, '', message]);
    assert.deepEqual(await readdir(folder), ['own.csv']);
  });

  it('puts into the file how the model computes, once it is checked and gives the scores of the table', async () => {
    await writeFile(
      data,
      table(({ n, p }) => ({ n, p })),
    );
    const file = join(folder, 'predictor.json');
    const http = { kind: 'http', protocol: 'json', url: 'http://127.0.0.1:9/score', score: '/p' };
    const columns = ['--data', data, '--score', 'p', '--predictor', file];
    // as some editors save it
    await writeFile(file, `\ufeff${JSON.stringify(http)}`);
    const artifact = await made(await profile(...columns));
    assert.deepEqual(artifact.predictor, http);
    await rm(out);

    await writeFile(file, JSON.stringify({ ...http, score: 'p' }));
    const { code, stderr } = await profile(...columns);
    assert.match(stderr, /predictor\.json: predictor\.score: [^\n]+\n$/);
    assert.equal(code, 1);
    const scores = Float64Array.from(Array.from({ length: 3 }, (_, i) => 1 / (1 + Math.exp(1 - i))));
    const columnsOfThree = [{ name: 'n', kind: 'numeric', values: Float64Array.of(0, 1, 2) } as const];
    const checked = async (text: string) => {
      await writeFile(file, text);
      const predictor = await readPredictor(file, out);
      return compareScores(file, out, { ...artifact, predictor }, { columns: columnsOfThree, scores });
    };
    const logistic = (intercept: number) =>
      JSON.stringify({
        ...{ kind: 'logistic', intercept },
        features: [
          {
            ...{ name: 'n', kind: 'numeric', standardisation: { mean: 0, deviation: 1 }, coefficient: 1 },
            ...{ missingLogOdds: null, meanContribution: 0 },
          },
        ],
      });
    assert.equal(await checked(logistic(-1)), 'gives the scores of the table in 3 of its rows');
    await assert.rejects(
      checked(logistic(1)),
      /predictor\.json: scores row 1 of the table with 0\.7\d+, which has 0\.2\d+ there/,
    );
    await assert.rejects(
      checked('{"kind":"onnx","path":"none.onnx"}'),
      /predictor\.json: predictor\.path: .*none\.onnx: no such file$/,
    );
    await assert.rejects(checked(JSON.stringify({ ...http, headersFile: 'none' })), {
      message: `${file}: headersFile=${join(folder, 'none')}: cannot be read: ENOENT`,
    });
    await assert.rejects(checked('{'), /predictor\.json: not valid JSON: /);
    await assert.rejects(checked('[]'), /predictor\.json: must be a JSON object with a "kind"$/);
    await assert.rejects(checked('{"kind":"magic"}'), /predictor\.json: predictor\.kind: is "magic", .*http/);
    await rm(file);
    await assert.rejects(readPredictor(file, out), { message: `${file}: no such file` });
    assert.deepEqual(await readdir(folder), ['own.csv']);
  });

  it('leaves the old file when the table is refused', async () => {
    await writeFile(data, table());
    await writeFile(out, 'old');
    const { code, stderr } = await profile('--data', data, '--score', 'q');
    assert.equal(stderr, `${data}:1: column q: no such column, the header has n, p, label, y\n`);
    assert.equal(code, 1);
    assert.equal(await readFile(out, 'utf8'), 'old');
  });

  describe('refuses', () => {
    async function read(content: string, options: Partial<ScoredRowsOptions> = {}) {
      await writeFile(data, content);
      return readScoredRows(data, () => ({
        ...{ score: 'p', prediction: 'label', target: 'y', positive: 'yes' },
        ...{ exclude: [], categorical: [], allowIds: [], sensitive: [], ...options },
      }));
    }
    const refuses = (content: string, message: string, options?: Partial<ScoredRowsOptions>) =>
      assert.rejects(read(content, options), (error: Error) => {
        assert.equal(error.message.replace(data, 'own.csv'), message);
        return true;
      });

    it('scores that are not probabilities', async () => {
      await refuses(
        withCell(5, 'p', ''),
        'own.csv:5: column p: the score is missing: leave out rows without one',
      );
      const range = 'and must be the probability of the positive class, from 0 to 1';
      await refuses(withCell(5, 'p', '1.2'), `own.csv:5: column p: the score is '1.2', ${range}`);
      await refuses(withCell(6, 'p', '-0.01'), `own.csv:6: column p: the score is '-0.01', ${range}`);
      await refuses(withCell(7, 'p', 'high'), `own.csv:7: column p: the score is 'high', ${range}`);
      await refuses(
        table((row) => ({ ...row, p: '0.3' })),
        "own.csv:2: column p: the score is constant, always '0.3': there is nothing in it to watch",
      );
    });

    it('so few rows that nothing can be distinguished from chance', async () => {
      const few = table().split('\n').slice(0, 6).join('\n');
      await refuses(
        few,
        'own.csv: has 5 rows, too few: no shift of a feature could be distinguished from chance',
      );
      const one = table().split('\n').slice(0, 2).join('\n');
      await refuses(
        one,
        'own.csv: has 1 row, too few: no shift of a feature could be distinguished from chance',
      );
    });

    it('predictions that no threshold can make, or only one other than the given one', async () => {
      const label = 'own.csv:2: column label: ';
      const mixed = withCell(2, 'label', 'yes');
      await refuses(
        mixed,
        `${label}the score '0.04' is predicted 'yes', but on line 19 the score '0.36' is predicted 'no': no threshold makes these predictions; leave out --prediction, and give a --threshold`,
      );
      const threshold = { value: 0.5, reason: 'chosen' };
      await refuses(
        table(),
        "own.csv:24: column label: the score '0.4' is predicted 'yes', which --threshold 0.5 does not do: correct it, or leave out --prediction",
        { threshold },
      );
      assert.equal(
        (await read(table(), { threshold: { value: 0.4, reason: 'chosen' } })).rows.threshold?.reason,
        'chosen',
      );
      await refuses(
        table((row) => ({ ...row, label: 'no' })),
        `${label}every prediction is 'no', which does not show the threshold: give it with --threshold`,
      );
    });

    it('predictions and outcomes of other classes, or none', async () => {
      await refuses(
        withCell(9, 'label', 'maybe'),
        "own.csv:9: column label: 'maybe' is neither 'yes' nor 'no', the classes of the model",
      );
      await refuses(
        table(),
        "own.csv:2: column label: 'no' is neither 'yes' nor 'stay', the classes of the model",
        { target: undefined, exclude: ['y'], negative: 'stay' },
      );
      await refuses(
        withCell(9, 'label', ''),
        'own.csv:9: column label: the prediction is missing: leave out rows without one',
      );
      await refuses(
        withCell(9, 'y', ''),
        'own.csv:9: column y: the target is missing: leave out rows without one',
      );
      await refuses(
        table((row) => ({ ...row, label: 'no' })),
        "own.csv:2: column label: only one class, 'no', which shows neither the other nor the threshold: give both with --negative and --threshold",
        { target: undefined, exclude: ['y'] },
      );
      await refuses(
        table(),
        "own.csv:2: column y: no row is 'true', the classes are 'yes' and 'no': choose one with --positive",
        { positive: 'true' },
      );
    });

    it('the columns that training refuses, and says how to exclude them', async () => {
      const with_ = (cell: (i: number) => string, name = 'x') =>
        table((row, i) => ({ [name]: cell(i), ...row }));
      await refuses(
        with_((i) => `c${i}`, '"my, id"'),
        `own.csv: a column says nothing about new rows: my, id looks like ids. What only looks like ids or dates can be used with --allow-ids '"my, id"'. Otherwise leave it out with --exclude '"my, id"'`,
      );
      await refuses(
        with_((i) => `2024-01-${10 + (i % 18)}`),
        'own.csv: a column says nothing about new rows: x looks like dates. What only looks like ids or dates can be used with --allow-ids x. Otherwise leave it out with --exclude x',
      );
      await refuses(
        with_(() => '5'),
        "own.csv: a column says nothing about new rows: x is constant, always '5'. Leave it out with --exclude x",
      );
      await refuses(
        with_(() => ''),
        'own.csv: a column says nothing about new rows: x is empty. Leave it out with --exclude x',
      );
      await refuses(
        table((row) => ({ ...row, q: `${1 - Number(row.p)}` })),
        'own.csv: a column says nothing about new rows: q is 1 less the score in every row. Leave it out with --exclude q',
      );
      await refuses(table(), 'own.csv:1: no column is left as a feature', { exclude: ['n'] });
    });
  });
});

/**
 * How long training takes: `npm run bench:training`. First the fits alone, compared with scikit-learn's
 * LogisticRegression over the same columns and folds, in turn, if there is a Python environment as described in
 * bench/python/README.md; then the whole command on the largest table, with its memory. Fails if a figure is above its
 * limit.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { logistic } from '../src/predictors/logistic/score.ts';
import { describeColumns } from '../src/profile/describe-columns.ts';
import { logLoss } from '../src/stats/probability-scores.ts';
import { encodeDesign } from '../src/training/design.ts';
import { fitLogistic } from '../src/training/fit-logistic.ts';
import type { TrainingSet } from '../src/training/training-set.ts';
import { formatNumber, summarise } from './figures.ts';
import { makeSet, trainOn, writeTable } from './training-table.ts';

const sizes = [1000, 10_000, 200_000];
const columnCount = 30;
const folds = 10;
const rounds = 5;
const python = join(process.env.BENCH_PYTHON_VENV ?? join(tmpdir(), 'vigia-bench-python'), 'bin', 'python');
/** Of the command on the largest table, on two cores, and of the median ratio to scikit-learn's wall time. */
const limits = { seconds: 60, peakMb: 1024, ratio: 2 } as const;

type Round = { readonly seconds: number; readonly cpuSeconds: number; readonly logLoss: number };

/** The fit to all rows and one without each fold, as training does them. */
function fitOnce({ columns, outcomes }: TrainingSet): Round {
  const { matrix } = encodeDesign(columns, describeColumns(columns));
  const all = Uint32Array.from(outcomes, (_, row) => row);
  const scores = new Float64Array(outcomes.length);
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const near = fitLogistic(matrix, outcomes, { ridge: 1 });
  for (let fold = 0; fold < folds; fold++) {
    const rows = all.filter((row) => row % folds !== fold);
    const { weights } = fitLogistic(matrix, outcomes, { ridge: 1, rows, near });
    for (let row = fold; row < outcomes.length; row += folds) {
      let logOdds = 0;
      for (let k = 0; k <= columnCount; k++)
        logOdds += matrix.values[row * (columnCount + 1) + k] * weights[k];
      scores[row] = logistic(logOdds);
    }
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { seconds, cpuSeconds: (user + system) / 1e6, logLoss: logLoss(scores, outcomes) ?? Number.NaN };
}

/** A scikit-learn process that does a round on request. */
async function startScikitLearn(folder: string, { columns, outcomes }: TrainingSet) {
  const { matrix } = encodeDesign(columns, describeColumns(columns));
  // Without the intercept, which scikit-learn adds itself.
  await writeFile(
    join(folder, 'design'),
    matrix.values.filter((_, k) => k % matrix.entriesPerRow !== 0),
  );
  await writeFile(join(folder, 'outcomes'), outcomes);
  const sizes = [matrix.rows, columnCount, folds].map(String);
  const child = spawn(python, ['bench/python/training.py', folder, ...sizes], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async round(): Promise<Round> {
      child.stdin.write('\n');
      const { value, done } = await lines.next();
      if (done) throw new Error(`${python} has ended`);
      const [seconds, cpuSeconds, logLoss] = value.split(' ').map(Number);
      return { seconds, cpuSeconds, logLoss };
    },
    stop: () => child.stdin.end(),
  };
}

function describe(name: string, measured: readonly Round[]): string {
  const cells = (['seconds', 'cpuSeconds'] as const).map((key) => {
    const { median, min, max } = summarise(measured.map((round) => round[key]));
    return `${formatNumber(median, 2)} s (${formatNumber(min, 2)}–${formatNumber(max, 2)})`.padEnd(24);
  });
  return `  ${name.padEnd(16)}${cells.join('')}${measured[0].logLoss.toFixed(6)}`;
}

async function compareFits(rows: number, hasScikitLearn: boolean, folder: string): Promise<void> {
  const set = makeSet(rows, columnCount);
  const other = hasScikitLearn ? await startScikitLearn(folder, set) : null;
  const own: Round[] = [];
  const theirs: Round[] = [];
  for (let i = 0; i < rounds; i++) {
    own.push(fitOnce(set));
    if (other !== null) theirs.push(await other.round());
  }
  other?.stop();
  console.log(`${formatNumber(rows)} rows × ${columnCount} columns, ${1 + folds} fits`);
  console.log(describe('Vigia', own));
  if (other === null) return;
  console.log(describe('scikit-learn', theirs));
  const { median, min, max } = summarise(own.map(({ seconds }, i) => seconds / theirs[i].seconds));
  console.log(`  ratio           ${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`);
  hold(`times the time of scikit-learn for ${formatNumber(rows)} rows`, median, limits.ratio);
}

async function measureCommand(rows: number, folder: string): Promise<void> {
  const data = join(folder, 'table.csv');
  await writeTable(data, makeSet(rows, columnCount));
  const startedAt = performance.now();
  const { cpuSeconds, peakMb } = await trainOn(data, join(folder, 'model.json'));
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `\nnpm run train on ${formatNumber(rows)} rows × ${columnCount} columns: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time, ${peakMb.toFixed(0)} MB at most`,
  );
  hold(`seconds of npm run train on ${formatNumber(rows)} rows`, seconds, limits.seconds);
  hold(`MB of npm run train on ${formatNumber(rows)} rows`, peakMb, limits.peakMb);
}

/** Makes the bench fail, after it has printed everything, if a figure is above its limit. */
function hold(what: string, figure: number, limit: number): void {
  if (figure <= limit) return;
  console.error(`Too much: ${figure.toFixed(2)} ${what}, of at most ${limit}.`);
  process.exitCode = 1;
}

const folder = await mkdtemp(join(tmpdir(), 'vigia-bench-training-'));
try {
  const hasScikitLearn = spawnSync(python, ['-c', 'import sklearn']).status === 0;
  console.log(
    `${availableParallelism()} × ${cpus()[0].model}, Node ${process.version}, ${rounds} rounds in turns\n`,
  );
  console.log(`${''.padEnd(18)}${'wall time'.padEnd(24)}${'processor time'.padEnd(24)}log-loss`);
  for (const rows of sizes) await compareFits(rows, hasScikitLearn, folder);
  await measureCommand(sizes[sizes.length - 1], folder);
  if (!hasScikitLearn) {
    console.log(`\nNo comparison: there is no ${python} with scikit-learn; see bench/python/README.md.`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * How long training takes: `npm run bench:training`. The fits alone beside scikit-learn's LogisticRegression over the
 * same columns and folds, in turns, where there is a Python environment as bench/python/README.md says; then the whole
 * command on the largest table, with its memory.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { encodeDesign } from '../src/model/design.ts';
import { fitLogistic } from '../src/model/fit-logistic.ts';
import { logistic } from '../src/model/score.ts';
import type { TrainingSet } from '../src/model/training-set.ts';
import { normalQuantile } from '../src/stats/normal-quantile.ts';
import { logLoss } from '../src/stats/probability-scores.ts';
import { createRandom } from '../src/stats/random.ts';
import { formatNumber, summarise } from './figures.ts';

const sizes = [1000, 10_000, 200_000];
const columnCount = 30;
const folds = 10;
const rounds = 5;
const python = join(process.env.BENCH_PYTHON_VENV ?? join(tmpdir(), 'vigia-bench-python'), 'bin', 'python');
/** Prints the seconds of processor time and the peak of the resident memory, in KiB, when the process ends. */
const tellUsage = `data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();console.error((u.userCPUTime+u.systemCPUTime)/1e6,u.maxRSS)})`;

type Round = { readonly seconds: number; readonly cpuSeconds: number; readonly logLoss: number };

/** Seeded rows of normal columns; about a third are positive. */
function makeSet(rows: number): TrainingSet {
  const random = createRandom(rows);
  const columns = Array.from({ length: columnCount }, (_, i) => ({
    name: `x${i}`,
    kind: 'numeric' as const,
    // Six digits, as they are written for the command.
    values: Float64Array.from({ length: rows }, () => Number(normalQuantile(random() || 0.5).toPrecision(6))),
  }));
  const outcomes = Uint8Array.from({ length: rows }, (_, row) => {
    const logOdds = columns.reduce((sum, { values }, i) => sum + 0.4 * Math.sin(i) * values[row], -0.8);
    return random() < logistic(logOdds) ? 1 : 0;
  });
  const target = { column: 'y', positive: 'yes', negative: 'no' };
  return { columns, outcomes, target, dataDigest: `sha256:${'0'.repeat(64)}` };
}

/** The fit to all rows and one without each fold, as training does them. */
function fitOnce({ columns, outcomes }: TrainingSet): Round {
  const { matrix } = encodeDesign(columns, outcomes.length);
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

/** A process of scikit-learn that does a round whenever it is asked. */
async function startScikitLearn(folder: string, { columns, outcomes }: TrainingSet) {
  const { matrix } = encodeDesign(columns, outcomes.length);
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
  const set = makeSet(rows);
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
}

async function measureCommand(rows: number, folder: string): Promise<void> {
  const { columns, outcomes } = makeSet(rows);
  const data = join(folder, 'table.csv');
  function* lines() {
    yield `${columns.map(({ name }) => name).join(',')},y\n`;
    for (let row = 0; row < rows; row++) {
      yield `${columns.map(({ values }) => values[row]).join(',')},${outcomes[row] === 1 ? 'yes' : 'no'}\n`;
    }
  }
  await pipeline(lines, createWriteStream(data));
  const options = ['--data', data, '--target', 'y', '--positive', 'yes', '--out', join(folder, 'model.json')];
  const startedAt = performance.now();
  const command = ['--import', tellUsage, 'src/cli/train.ts', ...options];
  const ended = spawnSync(process.execPath, command, { encoding: 'utf8' });
  const seconds = (performance.now() - startedAt) / 1000;
  if (ended.status !== 0) throw new Error(`training ended with ${ended.status}: ${ended.stderr}`);
  const [cpuSeconds, peakKb] = (ended.stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
  console.log(
    `\nnpm run train on ${formatNumber(rows)} rows × ${columnCount} columns: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time, ${(peakKb / 1024).toFixed(0)} MB at most`,
  );
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

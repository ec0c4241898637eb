import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { logistic } from '../src/predictors/logistic/score.ts';
import { normalQuantile } from '../src/stats/normal-quantile.ts';
import { createRandom } from '../src/stats/random.ts';
import type { TrainingSet } from '../src/training/training-set.ts';
import { tellUsage } from './tell-usage.ts';

/** Seeded rows with a number of normal columns; about a third are positive. */
export function makeSet(rows: number, columnCount: number): TrainingSet {
  const random = createRandom(rows);
  const columns = Array.from({ length: columnCount }, (_, i) => ({
    name: `x${i}`,
    kind: 'numeric' as const,
    // six digits, as they are written for the command
    values: Float64Array.from({ length: rows }, () => Number(normalQuantile(random() || 0.5).toPrecision(6))),
  }));
  const outcomes = Uint8Array.from({ length: rows }, (_, row) => {
    const logOdds = columns.reduce((sum, { values }, i) => sum + 0.4 * Math.sin(i) * values[row], -0.8);
    return random() < logistic(logOdds) ? 1 : 0;
  });
  const target = { column: 'y', positive: 'yes', negative: 'no' };
  return { columns, outcomes, target, dataDigest: `sha256:${'0'.repeat(64)}` };
}

/** Writes the rows as CSV, with their outcomes in the column `y`. */
export function writeTable(path: string, { columns, outcomes, target }: TrainingSet): Promise<void> {
  function* lines() {
    yield `${columns.map(({ name }) => name).join(',')},${target.column}\n`;
    for (let row = 0; row < outcomes.length; row++) {
      const outcome = outcomes[row] === 1 ? target.positive : target.negative;
      yield `${columns.map(({ values }) => values[row]).join(',')},${outcome}\n`;
    }
  }
  return pipeline(lines, createWriteStream(path));
}

/**
 * Runs `npm run train` on such a table.
 *
 * @param nodeOptions for Node, such as a limit of its heap
 * @throws Error if it does not end with status 0
 */
export async function trainOn(
  data: string,
  out: string,
  nodeOptions: readonly string[] = [],
): Promise<{ readonly cpuSeconds: number; readonly peakMb: number }> {
  const options = ['--data', data, '--target', 'y', '--positive', 'yes', '--out', out];
  const command = [...nodeOptions, '--import', tellUsage, 'bin/vigia.cjs', 'train', ...options];
  const { stderr } = await promisify(execFile)(process.execPath, command);
  const [cpuSeconds, peakKb] = (stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpuSeconds, peakMb: peakKb / 1024 };
}

/**
 * How much time and memory the drift report takes over a million rows with ten columns: `npm run bench:report`. If
 * there is a Python environment with Evidently, as described in bench/python/README.md, that makes its page from the
 * same files for comparison.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { summarise } from './figures.ts';
import { writeRows } from './report-rows.ts';
import { tellUsage } from './tell-usage.ts';

const liveRows = 1_000_000;
const rounds = 3;
const python = join(process.env.BENCH_PYTHON_VENV ?? join(tmpdir(), 'vigia-bench-python'), 'bin', 'python');

type Run = { readonly seconds: number; readonly cpuSeconds: number; readonly peakMb: number };

/** Runs a command whose last line on stderr or stdout is its processor time and its peak memory. */
function run(command: string, args: readonly string[], channel: 'stdout' | 'stderr'): Run {
  const startedMs = performance.now();
  const ended = spawnSync(command, args, { encoding: 'utf8' });
  const seconds = (performance.now() - startedMs) / 1000;
  if (ended.status !== 0) throw new Error(`${command} ended with ${ended.status}: ${ended.stderr}`);
  const [cpuSeconds, peakKb] = (ended[channel].trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { seconds, cpuSeconds, peakMb: peakKb / 1024 };
}

async function describe(name: string, runs: readonly Run[], page: string): Promise<string> {
  const seconds = summarise(runs.map((each) => each.seconds));
  const cpuSeconds = summarise(runs.map((each) => each.cpuSeconds));
  const peakMb = Math.max(...runs.map((each) => each.peakMb));
  const pageKb = (await stat(page)).size / 1024;
  return [
    name.padEnd(28),
    `${seconds.median.toFixed(2)} s (${seconds.min.toFixed(2)} – ${seconds.max.toFixed(2)})`.padEnd(24),
    `${cpuSeconds.median.toFixed(2)} s`.padStart(10),
    `${peakMb.toFixed(0)} MB`.padStart(9),
    `${pageKb.toFixed(0)} KB`.padStart(9),
  ].join('');
}

const folder = await mkdtemp(join(tmpdir(), 'vigia-bench-report-'));
try {
  const live = join(folder, 'live.csv');
  await writeRows(live, liveRows, 1, 0.2);
  console.log(
    `${liveRows.toLocaleString('en')} live rows, ${((await stat(live)).size / 1e6).toFixed(0)} MB of CSV`,
  );
  console.log(
    `${availableParallelism()} × ${cpus()[0].model}, Node ${process.version}, ${rounds} runs each\n`,
  );
  console.log(
    `${''.padEnd(28)}${'wall time'.padEnd(24)}${'CPU time'.padStart(10)}${'peak'.padStart(9)}${'page'.padStart(9)}`,
  );
  const hasEvidently = spawnSync(python, ['-c', 'import evidently']).status === 0;
  for (const [i, rows] of [10_000, liveRows].entries()) {
    const reference = join(folder, `reference-${i}.csv`);
    await writeRows(reference, rows, 2 + i, 0);
    const page = join(folder, 'report.html');
    const name = `against ${rows.toLocaleString('en')} rows`;
    const args = ['--reference', reference, '--live', live, '--html', page];
    const runs = Array.from({ length: rounds }, () =>
      run(process.execPath, ['--import', tellUsage, 'bin/vigia.cjs', 'drift', ...args], 'stderr'),
    );
    console.log(await describe(name, runs, page));
    if (!hasEvidently) continue;
    const others = [run(python, ['bench/python/report.py', reference, live, page], 'stdout')];
    console.log(await describe(`  evidently`, others, page));
  }
  if (!hasEvidently)
    console.log(`\nNo comparison: there is no ${python} with evidently; see bench/python/README.md.`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

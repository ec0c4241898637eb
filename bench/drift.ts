import { readFile, rename, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { collect, fullSize, type Job, type JobResult, planJobs } from './drift-plan.ts';
import { renderTables } from './drift-tables.ts';
import { replaceBetweenMarkers } from './markers.ts';

/**
 * Measures the false alarms and the power of the drift rule and writes the tables into docs/drift.md. Seeded: the same
 * figures on every machine.
 */
const document = fileURLToPath(new URL('../docs/drift.md', import.meta.url));

const started = performance.now();
const tables = renderTables(collect(await runOnAllCores(planJobs(fullSize))), fullSize);
const text = replaceBetweenMarkers(await readFile(document, 'utf8'), 'bench:drift', tables);
await writeFile(`${document}.new`, text);
await rename(`${document}.new`, document);
console.log(tables);
console.error(`docs/drift.md written; ${Math.round((performance.now() - started) / 1000)} s`);

async function runOnAllCores(jobs: readonly Job[]): Promise<JobResult[]> {
  const waiting = [...jobs];
  const results: JobResult[] = [];
  const oneCore = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL('./drift-worker.ts', import.meta.url));
      const next = () => {
        const job = waiting.shift();
        if (job !== undefined) worker.postMessage(job);
        else worker.terminate().then(() => resolve(), reject);
      };
      worker.on('error', reject);
      worker.on('message', (result: JobResult) => {
        results.push(result);
        if (process.stderr.isTTY) process.stderr.write(`\r${results.length} of ${jobs.length} parts`);
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, oneCore));
  if (process.stderr.isTTY) process.stderr.write('\n');
  return results;
}

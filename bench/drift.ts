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
  const waiting = [...jobs.entries()];
  // In the order of the jobs, whichever ends first: sums are then the same to the last digit.
  const results = new Array<JobResult>(jobs.length);
  let done = 0;
  const oneCore = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL('./drift-worker.ts', import.meta.url));
      let index = -1;
      const next = () => {
        const entry = waiting.shift();
        if (entry !== undefined) {
          index = entry[0];
          worker.postMessage(entry[1]);
        } else worker.terminate().then(() => resolve(), reject);
      };
      worker.on('error', reject);
      worker.on('message', (result: JobResult) => {
        results[index] = result;
        done++;
        if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${jobs.length} parts`);
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: availableParallelism() }, oneCore));
  if (process.stderr.isTTY) process.stderr.write('\n');
  return results;
}

import { readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { collect, fullSize, type Job, type JobResult, planJobs } from './drift-plan.ts';
import { renderTables } from './drift-tables.ts';
import { replaceBetweenMarkers } from './markers.ts';
import { runOnAllCores } from './on-all-cores.ts';

/**
 * Measures the false alarms and the power of the drift rule and writes the tables into docs/drift.md. Seeded: the same
 * figures on every machine.
 */
const document = fileURLToPath(new URL('../docs/drift.md', import.meta.url));

const started = performance.now();
const worker = new URL('./drift-worker.ts', import.meta.url);
// In the order of the jobs, whichever ends first, so that sums are identical to the last digit.
const results = await runOnAllCores<Job, JobResult>(worker, planJobs(fullSize));
const tables = renderTables(collect(results), fullSize);
const text = replaceBetweenMarkers(await readFile(document, 'utf8'), 'bench:drift', tables);
await writeFile(`${document}.new`, text);
await rename(`${document}.new`, document);
console.log(tables);
console.error(`docs/drift.md written; ${Math.round((performance.now() - started) / 1000)} s`);

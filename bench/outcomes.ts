import { readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { replaceBetweenMarkers } from './markers.ts';
import { runOnAllCores } from './on-all-cores.ts';
import { fullSize, type Job, type JobResult, planJobs } from './outcomes-plan.ts';
import { renderTables } from './outcomes-tables.ts';

/**
 * Measures the false alarms and the power of the alerts on outcomes and writes the tables into docs/outcomes.md.
 * Seeded: the same figures on every machine.
 */
const document = fileURLToPath(new URL('../docs/outcomes.md', import.meta.url));

const started = performance.now();
const worker = new URL('./outcomes-worker.ts', import.meta.url);
const tables = renderTables(await runOnAllCores<Job, JobResult>(worker, planJobs(fullSize)));
const text = replaceBetweenMarkers(await readFile(document, 'utf8'), 'bench:outcomes', tables);
await writeFile(`${document}.new`, text);
await rename(`${document}.new`, document);
console.log(tables);
console.error(`docs/outcomes.md written; ${Math.round((performance.now() - started) / 1000)} s`);

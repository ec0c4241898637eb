import { readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { replaceBetweenMarkers } from './markers.ts';
import { countAlarms } from './outcomes-alarms.ts';
import { planJobs, renderTables } from './outcomes-tables.ts';

/**
 * Measures the false alarms and the power of the alerts on outcomes and writes the tables into docs/outcomes.md.
 * Seeded: the same figures on every machine.
 */
const document = fileURLToPath(new URL('../docs/outcomes.md', import.meta.url));
/** Models to follow, by their training rows; many rows take long to learn from. */
const models = { 200: 400, 1000: 400, 5000: 100 };

const started = performance.now();
const tables = renderTables(planJobs(models).flatMap(countAlarms));
const text = replaceBetweenMarkers(await readFile(document, 'utf8'), 'bench:outcomes', tables);
await writeFile(`${document}.new`, text);
await rename(`${document}.new`, document);
console.log(tables);
console.error(`docs/outcomes.md written; ${Math.round((performance.now() - started) / 1000)} s`);

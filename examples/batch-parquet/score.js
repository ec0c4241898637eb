import { writeFile } from 'node:fs/promises';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { buildReference, liveDrift, watch } from 'vigia';
import { predict } from './model.js';

// Scores a table, and fails if its rows are not like those that the model was made from.

const [, , path] = process.argv;
if (path === undefined) {
  console.error('score.js: name the table to score: node score.js monday.parquet');
  process.exit(2);
}

const readRows = async (file) => parquetReadObjects({ file: await asyncBufferFromFile(file) });

const known = await readRows('reference.parquet');
const identity = {
  model: 'energy',
  version: '1',
  output: { negative: 'low', positive: 'high', threshold: 0.5 },
};
const energy = watch(buildReference(identity, known, known.map(predict)));

const rows = await readRows(path);
const scores = rows.map((row) => {
  const score = predict(row);
  energy.observe(row, score);
  return score;
});

const { predictions, classes, refused } = energy.monitor.counts;
console.log(`${path}: ${rows.length} rows, ${refused} refused, ${predictions[1]} ${classes[1]}`);
const drift = liveDrift(energy.monitor, '24h');
for (const { name, verdict, psi } of drift) {
  console.log(`  ${name.padEnd(12)} ${verdict}, PSI ${psi?.toFixed(3) ?? 'unknown'}`);
}

if (drift.some(({ verdict }) => verdict === 'drifting')) {
  console.error('score.js: the table has drifted: no scores are written');
  process.exit(1);
}
await writeFile(path.replace(/\.parquet$/, '.scores.json'), JSON.stringify(scores));

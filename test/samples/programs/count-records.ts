/** Reads JSONL from argv[2…] and reports how much it found. */
import { readJsonl } from '../../../src/samples/read-samples.ts';

const reading = readJsonl(process.argv.slice(2));
let records = 0;
let sum = 0;
for await (const record of reading) {
  records++;
  sum += Number(record.i);
}
console.log(
  JSON.stringify({ records, sum, lines: reading.lines, damaged: reading.damaged, faults: reading.faults }),
);

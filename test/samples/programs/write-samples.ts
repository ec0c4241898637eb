/**
 * Appends numbered lines to argv[2] forever, reports from time to time how many are written, and on SIGTERM closes and
 * reports how many were accepted. argv[3] is the number of lines to stop at, argv[4] the size of a file.
 */
import { setImmediate } from 'node:timers/promises';
import { openJsonlWriter } from '../../../src/files/jsonl-writer.ts';

const [path, count = 'Infinity', maxBytes = '100000'] = process.argv.slice(2);
const writer = openJsonlWriter({
  path,
  maxBytes: Number(maxBytes),
  maxFiles: 10_000,
  maxAgeDays: 30,
  flushIntervalMs: 20,
  maxPendingBytes: 1_000_000,
  onProblem: (message) => console.log(`problem ${message}`),
});
let accepted = 0;
let isStopping = false;
process.on('SIGTERM', () => {
  isStopping = true;
});
// by turns, not by lines: on a slow disk lines are dropped, and their number may never be a round one again
for (let turn = 1; !isStopping && accepted < Number(count); turn++) {
  for (let i = 0; i < 20; i++) {
    if (writer.append(`{"i":${accepted},"text":"${'x'.repeat(100)}"}`)) accepted++;
  }
  if (turn % 100 === 0) console.log(`written ${writer.written}`);
  await setImmediate();
}
await writer.close();
console.log(`accepted ${accepted}`);
process.exit(0);

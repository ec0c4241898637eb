/** Fills a small file system with samples, makes room, and reports what happened; run where mounting is allowed. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openJsonlWriter } from '../../../src/files/jsonl-writer.ts';
import { eventually } from '../../support/service.ts';
import { linesIn } from '../support/folder.ts';

const [folder] = process.argv.slice(2);
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', folder]);
const problems: string[] = [];
const path = `${folder}/lines.jsonl`;
const writer = openJsonlWriter({
  path,
  maxBytes: 10_000_000,
  maxFiles: 5,
  maxAgeDays: 30,
  flushIntervalMs: 1,
  maxPendingBytes: 50_000,
  onProblem: (message) => problems.push(message),
});

const accepted: string[] = [];
function append(): boolean {
  const line = JSON.stringify({ i: accepted.length, text: 'x'.repeat(accepted.length % 500) });
  const isAccepted = writer.append(line);
  if (isAccepted) accepted.push(line);
  return isAccepted;
}

while (problems.length === 0) {
  if (accepted.length - writer.written < 20) append();
  await setImmediate();
}
// The outage has begun: lines that fit wait, the rest is dropped.
while (append());
const durable = await writer.appendDurably([`{"durable":"${'y'.repeat(5000)}"}`]).then(
  () => 'taken',
  (error: Error) => error.message,
);
await writer.flush();
await writer.flush();
for (let i = 0; i < 10; i++) append();
const duringOutage = { file: readFileSync(path, 'utf8'), written: writer.written };
execFileSync('mount', ['-o', 'remount,size=1m', 'none', folder]);
await eventually(() => assert.equal(writer.written, accepted.length));
append();
await writer.appendDurably(['{"durable":true}']);
await writer.close();

console.log(
  JSON.stringify({
    problems,
    accepted: [...accepted, '{"durable":true}'],
    durable,
    duringOutage,
    dropped: writer.dropped,
    written: writer.written,
    lines: await linesIn(folder),
  }),
);

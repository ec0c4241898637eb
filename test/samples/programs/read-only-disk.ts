/** Writes samples to a read-only file system that becomes writable, and reports what happened; it has to mount. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { openJsonlWriter } from '../../../src/files/jsonl-writer.ts';
import { eventually } from '../../support/service.ts';
import { linesIn } from '../support/folder.ts';

const [folder] = process.argv.slice(2);
execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'none', folder]);
const problems: string[] = [];
const writer = openJsonlWriter({
  path: `${folder}/deeper/lines.jsonl`,
  maxBytes: 1000,
  maxFiles: 5,
  maxAgeDays: 30,
  flushIntervalMs: 1,
  maxPendingBytes: 50,
  onProblem: (message) => problems.push(message),
});
for (let i = 0; i < 5; i++) writer.append(`{"i":${i}}`);
await writer.flush();
await writer.flush();
for (let i = 5; i < 10; i++) writer.append(`{"i":${i}}`);
execFileSync('mount', ['-o', 'remount,rw', 'none', folder]);
await eventually(() => assert.ok(writer.written > 0, 'the writer recovers'));
await writer.close();
console.log(JSON.stringify({ problems, dropped: writer.dropped, lines: await linesIn(`${folder}/deeper`) }));

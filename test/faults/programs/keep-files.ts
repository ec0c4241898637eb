/**
 * Does one piece of work on files in argv[3], during which an operation may fail, and reports the results that it got.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openJsonlWriter } from '../../../src/files/jsonl-writer.ts';
import { createModelFiles } from '../../../src/outcomes/model-files.ts';
import { forgetRows } from '../../../src/samples/forget-rows.ts';

const [work, folder, name = 'one'] = process.argv.slice(2);
const path = join(folder, 'lines.jsonl');

/** Half of the lines are awaited and sent again when they are refused, half are not. */
async function writeLines(): Promise<void> {
  const writer = openJsonlWriter({
    path,
    maxBytes: 150,
    maxFiles: 1000,
    maxAgeDays: 30,
    flushIntervalMs: 1,
    maxPendingBytes: 1e6,
  });
  for (let i = 0; i < 12; i++) {
    const id = `${name}-${i}`;
    const line = JSON.stringify({ id });
    if (i % 2 === 0) {
      if (writer.append(line)) console.log(`kept ${id}`);
      continue;
    }
    for (let attempt = 0; attempt < 20; attempt++) {
      const isKept = await writer.appendDurably([line]).then(
        () => true,
        () => false,
      );
      if (isKept) {
        console.log(`kept ${id}`);
        break;
      }
      await delay(20);
    }
  }
  // a disk that works again is tried after 250 ms
  for (let tries = 0; writer.written < 12 && tries < 50; tries++) await delay(20);
  await writer.close();
}

async function forget(): Promise<void> {
  const { failure } = await forgetRows(path, new Set(['gone']));
  console.log(failure === undefined ? 'gone' : `failed: ${failure.message}`);
}

async function keepModels(): Promise<void> {
  const files = createModelFiles({
    folder,
    maxAgeMs: 86_400_000,
    onProblem: (message) => console.log(message),
  });
  for (let i = 0; i < 3; i++) {
    const digest = `${i}`.padStart(16, '0');
    await files.keep(digest, JSON.stringify({ digest }));
    await files.keep(digest, JSON.stringify({ digest, again: true }));
  }
  await files.deleteExpired(() => false);
}

if (work === 'lines') await writeLines();
else if (work === 'forget') await forget();
else await keepModels();
console.log('lives');

// Puts the record of runs into the documents: part of `npm run generate`, and of each recorded run.

import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../src/files/write-file-atomically.ts';
import { replaceBetweenMarkers } from './markers.ts';
import { type RecordedRun, readRecord } from './record.ts';
import { cpuTable, describeRuns, goalTable, legend, profileTable, runsTable } from './record-tables.ts';

/** Parts of documents that are made from the record: each is between two comments with its name. */
const documents: Readonly<
  Record<string, Readonly<Record<string, (runs: readonly RecordedRun[]) => string>>>
> = {
  'docs/performance.md': {
    'bench:goals': (runs) => [describeRuns(runs), goalTable(runs), legend].join('\n\n'),
    'bench:runs': (runs) => [runsTable(runs), cpuTable(runs)].join('\n\n'),
    'bench:profile': profileTable,
  },
};

/** The documents as they are, and as the record says they should be. @throws Error if one lacks its markers */
export async function readDocuments(
  runs: readonly RecordedRun[],
): Promise<{ path: string; text: string; current: string }[]> {
  return Promise.all(
    Object.entries(documents).map(async ([name, parts]) => {
      const path = new URL(`../${name}`, import.meta.url).pathname;
      const text = await readFile(path, 'utf8');
      const current = Object.entries(parts).reduce(
        (document, [part, render]) => replaceBetweenMarkers(document, part, render(runs), 'generate'),
        text,
      );
      return { path, text, current };
    }),
  );
}

/** Brings the documents up to date. */
export async function writeDocuments(runs: readonly RecordedRun[]): Promise<void> {
  for (const { path, text, current } of await readDocuments(runs)) {
    if (text !== current) await writeFileAtomically(path, current);
  }
}

if (import.meta.main) await writeDocuments(await readRecord());

import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from '../src/files/write-file-atomically.ts';
import { type Figure, summarise } from './figures.ts';
import { measureFigures } from './goals.ts';
import type { Results } from './results.ts';

/** A figure as stored in the record; for some older runs only the median is known. */
export type RecordedFigure = Pick<Figure, 'median'> & Partial<Figure>;

/** What is stored about a run. */
export type RecordedRun = {
  /** UTC, `2026-11-28`. */
  readonly date: string;
  readonly host: string;
  readonly commit: string;
  readonly rounds: number;
  /** Set by hand once a change makes older runs incomparable: `before …` says which change. */
  readonly earlier?: string;
  /** One small write over loopback, µs; absent where it was not measured. */
  readonly wakeUp?: { readonly asleepMicros: RecordedFigure; readonly awakeMicros: RecordedFigure };
  /** Processor time per request in µs, by the variant's key. */
  readonly cpuMicros: Readonly<Record<string, RecordedFigure>>;
  /** By the goal's key. */
  readonly figures: Readonly<Record<string, RecordedFigure>>;
  /** Shares of the processor time by part of a request, by the variant's key; they add up to 1. */
  readonly profiles?: Results['profiles'];
};

/** The runs of `npm run bench -- --long`, oldest first. */
export const recordFile = new URL('recorded-runs.json', import.meta.url);

export async function readRecord(file = recordFile): Promise<RecordedRun[]> {
  return JSON.parse(await readFile(file, 'utf8')) as RecordedRun[];
}

/** Adds a run to the record, after those of the same day. */
export async function addToRecord(run: RecordedRun, file = recordFile): Promise<RecordedRun[]> {
  const runs = [...(await readRecord(file)), run].sort((a, b) => a.date.localeCompare(b.date));
  await writeFileAtomically(file.pathname, `${JSON.stringify(runs, null, 2)}\n`);
  return runs;
}

/** What is stored of a run's results. */
export function toRecordedRun(results: Results): RecordedRun {
  const { date, wakeUp, compared, profiles } = results;
  const { host, commit } = results.machine;
  return {
    date,
    host,
    commit,
    rounds: compared[0].rounds.length,
    wakeUp: { asleepMicros: round(wakeUp.asleepMicros), awakeMicros: round(wakeUp.awakeMicros) },
    cpuMicros: Object.fromEntries(
      compared.map(({ variant, rounds }) => [
        variant.key,
        round(summarise(rounds.map(({ cpuMicros }) => cpuMicros))),
      ]),
    ),
    figures: Object.fromEntries(
      Object.entries(measureFigures(results)).map(([key, figure]) => [key, round(figure)]),
    ),
    profiles: Object.fromEntries(Object.entries(profiles).map(([key, shares]) => [key, roundShares(shares)])),
  };
}

function round({ median, min, max }: Figure): Figure {
  const short = (value: number) => Number(value.toFixed(3));
  return { median: short(median), min: short(min), max: short(max) };
}

function roundShares(shares: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(shares).map(([part, share]) => [part, Number(share.toFixed(4))]));
}

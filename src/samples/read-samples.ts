import { glob, stat } from 'node:fs/promises';
import { readBytesOf, sourceName } from '../files/read-bytes.ts';
import { createPauses } from '../times/pauses.ts';

const newline = 0x0a;
/** A longer line is not one of ours: it is skipped, so that memory stays bounded for any file. */
const maxLineBytes = 1024 * 1024;
const maxFaultsKept = 5;
/** This many lines are parsed between two looks at the clock. Damaged ones take longest, some 5 µs each. */
const linesPerLook = 64;

/** A line that is not a JSON object. */
export type LineFault = { readonly source: string; readonly line: number; readonly reason: string };

/** The records of one or more JSONL files, one after the other, and what was encountered up to the current one. */
export type JsonlReading = AsyncIterable<Record<string, unknown>> & {
  /** Lines read, not counting blank ones. */
  readonly lines: number;
  /** Lines that are not a JSON object, such as one truncated by a crash. They are skipped. */
  readonly damaged: number;
  /** The first few of them. */
  readonly faults: readonly LineFault[];
};

/** What is counted while lines are read. */
export type LineTally = { lines: number; damaged: number; faults: LineFault[] };

/** Counts a damaged line, and keeps where it is if it is among the first few. */
export function countFault(tally: LineTally, fault: LineFault): void {
  tally.damaged++;
  if (tally.faults.length < maxFaultsKept) tally.faults.push(fault);
}

/**
 * Reads JSONL files in one pass and constant memory. A damaged line, or the rest of a damaged gzip file, is counted and
 * skipped.
 *
 * @param sources paths, globs (`logs/input_samples*.jsonl`, whose matches come in the order of their names, which is
 * chronological) or `-` for standard input; plain or gzip, detected by content
 * @throws Error while iterating, naming the source, when a file cannot be read or a glob matches none
 */
export function readJsonl(sources: readonly string[]): JsonlReading {
  const tally: LineTally = { lines: 0, damaged: 0, faults: [] };
  return {
    async *[Symbol.asyncIterator]() {
      for (const source of sources) {
        for (const path of await expand(source)) {
          for await (const records of readRecords(readBytesOf(path), sourceName(path), tally)) yield* records;
        }
      }
    },
    get lines() {
      return tally.lines;
    },
    get damaged() {
      return tally.damaged;
    },
    faults: tally.faults,
  };
}

/**
 * The files that a source names: itself, or its matches as a glob, in the order of their names.
 *
 * @throws Error when there is none
 */
export async function expand(source: string): Promise<string[]> {
  if (source === '-' || (await stat(source).catch(() => undefined)) !== undefined) return [source];
  if (!/[*?[{]/.test(source)) throw new Error(`${source}: no such file`);
  const matches: string[] = [];
  for await (const match of glob(source)) matches.push(match);
  if (matches.length === 0) throw new Error(`${source}: matches no file`);
  return matches.sort();
}

/**
 * Reads the records of one JSONL source, in batches. However many lines a block has, other tasks get their turn on the
 * event loop: the service answers while it reads what earlier processes have left.
 *
 * @param bytes of the source, decompressed
 * @param source what to call it in faults and errors
 * @param tally where lines and faults are counted
 * @param refuse says what is wrong with an object that is not one of the wanted records; it counts as damaged
 * @throws Error while iterating, naming the source, when it cannot be read; its cause is the file system's error
 */
export async function* readRecords(
  bytes: AsyncIterable<Buffer>,
  source: string,
  tally: LineTally,
  refuse: (record: Record<string, unknown>) => string | undefined = () => undefined,
): AsyncGenerator<Record<string, unknown>[]> {
  let line = 0;
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let isSkipping = false;
  const pause = createPauses();

  function fault(reason: string): void {
    countFault(tally, { source, line, reason });
  }

  function parse(text: string, records: Record<string, unknown>[]): void {
    line++;
    const trimmed = line === 1 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    if (trimmed.trim() === '') return;
    tally.lines++;
    let value: unknown;
    try {
      value = JSON.parse(trimmed);
    } catch (error) {
      fault(describeJsonFault((error as Error).message));
      return;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      fault('not a JSON object');
      return;
    }
    const record = value as Record<string, unknown>;
    const reason = refuse(record);
    if (reason === undefined) records.push(record);
    else fault(reason);
  }

  function endLongLine(): void {
    line++;
    tally.lines++;
    fault(`longer than ${maxLineBytes} bytes`);
    isSkipping = false;
  }

  /** Keeps the start of a line whose end is in a later block. */
  function carry(rest: Buffer): void {
    if (isSkipping) return;
    carried.push(rest);
    carriedBytes += rest.length;
    if (carriedBytes <= maxLineBytes) return;
    isSkipping = true;
    carried = [];
    carriedBytes = 0;
  }

  try {
    for await (const block of bytes) {
      const records: Record<string, unknown>[] = [];
      let start = 0;
      const firstEnd = block.indexOf(newline);
      if (isSkipping && firstEnd >= 0) {
        endLongLine();
        start = firstEnd + 1;
      }
      const end = block.lastIndexOf(newline) + 1;
      if (end > start) {
        const whole =
          carried.length > 0
            ? Buffer.concat([...carried, block.subarray(0, end)])
            : block.subarray(start, end);
        carried = [];
        carriedBytes = 0;
        const text = whole.toString('utf8', 0, whole.length - 1);
        for (const each of text.split('\n')) {
          parse(each, records);
          if (line % linesPerLook === 0) await pause();
        }
      }
      if (end < block.length) carry(block.subarray(end));
      if (records.length > 0) yield records;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('Z_')) throw new Error(`${source}: ${message}`, { cause: error });
    carried = [];
    carriedBytes = 0;
    line++;
    fault(`damaged gzip data: ${message}`);
  }
  if (isSkipping) endLongLine();
  if (carriedBytes === 0) return;
  const records: Record<string, unknown>[] = [];
  parse(Buffer.concat(carried).toString(), records);
  yield records;
}

/**
 * Says where JSON is invalid. The parser's own message may quote the line, and with it values that must not be
 * revealed.
 */
function describeJsonFault(message: string): string {
  const [place = ''] = /Unexpected end of JSON input$| at position \d+/.exec(message) ?? [];
  return place.startsWith(' ') ? `not valid JSON${place}` : place || 'not valid JSON';
}

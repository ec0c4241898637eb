import { createJsonlFile, type Retention } from './jsonl-file.ts';
import { createOutage } from './outage.ts';
import { createOverloadNotice } from './overload-notice.ts';
import { createPendingLines, type Piece } from './pending-lines.ts';

/** Lines are collected into chunks of about this size, one write each. */
const maxPieceBytes = 64 * 1024;
const tidyIntervalMs = 60 * 60 * 1000;

export type JsonlWriterOptions = Retention & {
  /**
   * The live file. Its folder is created, and created again if it disappears. Closed files are next to it (see
   * `rotatedPath`).
   */
  readonly path: string;
  /** An appended line is written within this time, sooner under load. */
  readonly flushIntervalMs: number;
  /** Limit on the memory for lines that are not yet written. */
  readonly maxPendingBytes: number;
  /** Told in one line when writing fails or is too slow, and when it works again. */
  readonly onProblem?: (message: string) => void;
  /** The live files of other replicas, running or gone: what is too old is deleted there, too. */
  readonly others?: () => Promise<readonly string[]>;
  /** The clock by which the age of lines is measured, in ms since 1970; `Date.now` by default. */
  readonly now?: () => number;
};

/**
 * `queue_full`: lines arrived faster than the disk accepted them; `disk`: it refused them; `closed`: they arrived too
 * late.
 */
export type DropReason = 'queue_full' | 'disk' | 'closed';

/** Appends lines to a rotated JSONL file in the background, and survives every disk error. */
export type JsonlWriter = {
  /**
   * Accepts a line for writing: O(1), nothing is awaited, nothing thrown.
   *
   * When the pending lines have reached `maxPendingBytes`, the new line is dropped, not the oldest: that is O(1), and a
   * line once accepted stays accepted, which a shutdown without losses relies on.
   *
   * @param line without a line end
   * @returns false if the line was dropped (and counted)
   */
  append(line: string): boolean;
  /**
   * Appends lines whose loss must be reported to the caller: all of them or none.
   *
   * Resolves when the operating system has accepted the lines, so they survive the end of the process, however it ends.
   * They are not synced to the device: a power cut may lose the last seconds, as for any line. Rejects, with none of
   * the lines stored, if they could not be written; writing is attempted immediately, even if it has just failed.
   */
  appendDurably(lines: readonly string[]): Promise<void>;
  /**
   * Resolves when every line accepted before has been written or, if the disk refuses, attempted once. Never rejects.
   */
  flush(): Promise<void>;
  /** Accepts no more lines, flushes, and counts as dropped what the disk would not take. Never rejects. */
  close(): Promise<void>;
  /** Lines in the file, so far. */
  readonly written: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
};

/**
 * Opens the writer; the file is opened in the background. Several processes may write to one file.
 *
 * A failed write starts an outage: lines are kept up to the limit and retried after 250 ms, then at intervals that grow
 * to 5 s, on a file that is opened and repaired again each time.
 */
export function openJsonlWriter(options: JsonlWriterOptions): JsonlWriter {
  const { path, flushIntervalMs, maxPendingBytes, onProblem = () => {}, others } = options;
  const file = createJsonlFile(path, options);
  const queue = createPendingLines(Math.min(maxPieceBytes, options.maxBytes));
  const dropped = { queue_full: 0, disk: 0, closed: 0 };
  const overload = createOverloadNotice(path, maxPendingBytes, dropped, onProblem);
  const outage = createOutage(path, maxPendingBytes, dropped, onProblem);
  let written = 0;
  let inFlightBytes = 0;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isUrgent = false;
  let tidyIsDue = true;
  let saidOfOthers: string | undefined;
  let closing: Promise<void> | undefined;

  const isTooMuch = (bytes: number) => queue.bytes + inFlightBytes + bytes > maxPendingBytes;
  function append(line: string): boolean {
    const text = `${line}\n`;
    const bytes = Buffer.byteLength(text);
    if (closing !== undefined || isTooMuch(bytes)) {
      const reason = closing !== undefined ? 'closed' : outage.error !== undefined ? 'disk' : 'queue_full';
      if (reason === 'queue_full') overload.begin();
      dropped[reason]++;
      return false;
    }
    // A full chunk need not wait for the timer, unless the disk is in an outage.
    if (queue.add(text, bytes) && outage.error === undefined) isUrgent = true;
    schedule();
    return true;
  }

  async function appendDurably(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const text = `${lines.join('\n')}\n`;
    const bytes = Buffer.byteLength(text);
    if (closing !== undefined) throw new Error(`${path} is closed`);
    if (isTooMuch(bytes)) {
      throw outage.error ?? new Error(`${path}: over ${maxPendingBytes} bytes are waiting to be written`);
    }
    const kept = queue.addAwaited(text, bytes, lines.length);
    isUrgent = true;
    schedule();
    return kept;
  }

  /** Schedules a pass over the queue. */
  function schedule(): void {
    if (running !== undefined) return;
    if (isUrgent) {
      run();
    } else if (timer === undefined && queue.pieces > 0) {
      timer = setTimeout(run, outage.retryMs ?? flushIntervalMs);
      // A disk that never recovers must not prevent the process from ending.
      if (outage.error !== undefined) timer.unref();
    }
  }

  function run(): Promise<void> {
    running ??= pass().finally(() => {
      running = undefined;
      schedule();
    });
    return running;
  }

  /** Writes what is queued now, one write at a time; lines that arrive in the meantime wait and form a larger write. */
  async function pass(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    isUrgent = false;
    if (tidyIsDue) {
      tidyIsDue = false;
      const error = await file.tidy().catch((cause: Error) => cause);
      if (error !== undefined) return failed(error);
      if (others !== undefined) await tidyOthers(others);
    }
    for (let n = queue.pieces; n > 0; n--) {
      const piece = queue.shift();
      if (piece === undefined) return;
      inFlightBytes = piece.bytes;
      const error = await write(piece);
      inFlightBytes = 0;
      if (error !== undefined) return failed(error);
      outage.recovered();
    }
    if (queue.pieces === 0) overload.end();
  }

  /** Files of others that cannot be deleted are reported once, and delay nothing. */
  async function tidyOthers(find: () => Promise<readonly string[]>): Promise<void> {
    const problem = await file.tidyOthers(await find()).then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (problem !== undefined && problem !== saidOfOthers) onProblem(`${problem}; it is too old to be kept`);
    saidOfOthers = problem;
  }

  async function write(piece: Piece): Promise<Error | undefined> {
    const { text, waiters } = piece;
    const data = Buffer.from(text);
    const { keptBytes, error } = await file.append(data, waiters !== undefined);
    if (error === undefined) {
      written += piece.lines;
      for (const waiter of waiters ?? []) waiter.resolve();
      return undefined;
    }
    const rest = data.toString('utf8', keptBytes);
    const lines = rest.split('\n').length - 1;
    written += piece.lines - lines;
    if (lines > 0) queue.unshift({ text: rest, bytes: data.length - keptBytes, lines, waiters });
    return error;
  }

  function failed(error: Error): void {
    outage.failed(error);
    queue.refuseAwaited(error);
    isUrgent = false;
  }

  async function flush(): Promise<void> {
    await running;
    // A pass that is in progress by now began after the call.
    if (queue.pieces > 0 || running !== undefined) await run();
  }

  async function finish(): Promise<void> {
    clearInterval(tidying);
    await flush();
    clearTimeout(timer);
    const lost = queue.clear();
    if (lost > 0) {
      dropped.disk += lost;
      onProblem(`${path}: closed with ${lost} lines that could not be written`);
    }
    await file.close();
  }

  function close(): Promise<void> {
    closing ??= finish();
    return closing;
  }

  const tidying = setInterval(
    () => {
      tidyIsDue = true;
      run();
    },
    Math.min(tidyIntervalMs, Math.max(100, (options.maxAgeDays * tidyIntervalMs) / 2)),
  );
  tidying.unref();
  run();

  return {
    append,
    appendDurably,
    flush,
    close,
    get written() {
      return written;
    },
    dropped,
  };
}

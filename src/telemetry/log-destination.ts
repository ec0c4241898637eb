import { constants, fstatSync, openSync, write as writeFd, writeSync } from 'node:fs';
import { escapeJson } from '../text/terminal.ts';

const batchBytes = 64 * 1024;
const flushIntervalMs = 20;
const busyRetryMs = 20;

export type LogDestinationOptions = {
  /** Converts a line into what is written, such as readable text for a terminal. */
  readonly format?: ((line: string) => string) | undefined;
  /** Takes each line as well, before it is converted. */
  readonly copy?: ((line: string) => void) | undefined;
  /** Limit on the memory for lines that are not yet written; 4 MiB (about 10,000 lines) by default. */
  readonly maxPendingBytes?: number;
};

/** Standard output, for a logger: it never blocks the event loop and never throws. */
export type LogDestination = {
  /** Accepts a line with its line end; it is dropped and counted if too much is waiting. */
  write(line: string): void;
  /** Immediately writes what the output accepts without waiting; for the last lines of a process. */
  flushSync(): void;
  /**
   * Waits until everything is written, at most `timeoutMs`, and accepts no more lines. If the reader of a pipe has
   * stopped reading, the rest is dropped, and only `process.exit()` ends the process, because a write stays pending.
   */
  close(timeoutMs: number): Promise<void>;
  /** Lines that were not written: too many were waiting, or the reader is gone. */
  readonly droppedLines: number;
};

/**
 * Writes buffers in order, one at a time. `done` is called with an error if the rest of the buffer is dropped, and
 * never if the reader does not continue reading.
 */
type Output = {
  write(data: Buffer, done: (error?: Error | null) => void): void;
  /** Whether a write outside that order, as at the end of a process, cannot end up inside another. */
  readonly takesOthers: boolean;
};

type Batch = { text: string; bytes: number; lines: number };

/** Opens standard output. A closed one (EPIPE), or a full disk, drops lines until it works again. */
export function createLogDestination(options: LogDestinationOptions = {}): LogDestination {
  const { format, copy, maxPendingBytes = 4 * 1024 * 1024 } = options;
  const output = openOutput();
  const queue: Batch[] = [];
  let pendingBytes = 0;
  let droppedLines = 0;
  let inFlight: Batch | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  let onIdle = () => {};

  function write(line: string): void {
    copy?.(line);
    let text = format === undefined ? line : format(line);
    let bytes = Buffer.byteLength(text);
    // Logs end up on terminals (`docker logs`, `kubectl logs`). The only harmful ASCII character in JSON is DEL, which
    // is ignored there.
    if (format === undefined && bytes > text.length) {
      text = escapeJson(text);
      bytes = Buffer.byteLength(text);
    }
    if (isClosed || pendingBytes + bytes > maxPendingBytes) {
      droppedLines++;
      return;
    }
    pendingBytes += bytes;
    const last = queue.at(-1);
    if (last !== undefined && last.bytes + bytes <= batchBytes) {
      last.text += text;
      last.bytes += bytes;
      last.lines++;
    } else {
      queue.push({ text, bytes, lines: 1 });
    }
    if (inFlight !== undefined) return;
    if (queue.length > 1) send();
    else timer ??= setTimeout(send, flushIntervalMs);
  }

  function send(): void {
    clearTimeout(timer);
    timer = undefined;
    if (inFlight !== undefined) return;
    inFlight = queue.shift();
    if (inFlight === undefined) onIdle();
    else output.write(Buffer.from(inFlight.text), sent);
  }

  function sent(error?: Error | null): void {
    if (inFlight === undefined) return;
    if (error) droppedLines += inFlight.lines;
    pendingBytes -= inFlight.bytes;
    inFlight = undefined;
    // A single batch is still being filled.
    if (queue.length === 1 && !isClosed) timer ??= setTimeout(send, flushIntervalMs);
    else send();
  }

  function flushSync(): void {
    if (inFlight !== undefined && !output.takesOthers) return;
    try {
      for (let batch = queue[0]; batch !== undefined; batch = queue[0]) {
        writeSync(1, batch.text);
        queue.shift();
        pendingBytes -= batch.bytes;
      }
    } catch {
      // What is waiting stays in the queue: there may or may not be a better time.
    }
  }

  async function close(timeoutMs: number): Promise<void> {
    isClosed = true;
    process.off('exit', flushSync);
    const { promise, resolve } = Promise.withResolvers<void>();
    const deadline = setTimeout(resolve, timeoutMs);
    onIdle = resolve;
    send();
    await promise;
    clearTimeout(deadline);
    if (inFlight !== undefined) queue.unshift(inFlight);
    inFlight = undefined;
    for (const { lines } of queue.splice(0)) droppedLines += lines;
  }

  process.on('exit', flushSync);
  return {
    write,
    flushSync,
    close,
    get droppedLines() {
      return droppedLines;
    },
  };
}

/**
 * A pipe or a socket is written through Node's own stream, which waits for it in the event loop. Writes to anything
 * else go to the thread pool. A pipe must not: a write that hangs because nobody reads would prevent a thread from
 * joining, and so the process from ending.
 */
function openOutput(): Output {
  const found = fstatSync(1);
  if (found.isFIFO() || found.isSocket()) {
    if (!process.stdout.listeners('error').includes(ignoreError)) process.stdout.on('error', ignoreError);
    return { write: (data, done) => process.stdout.write(data, done), takesOthers: false };
  }
  return { write: createFdWriter(found.isCharacterDevice() ? openWithoutBlocking() : 1), takesOthers: true };
}

/**
 * `write` passes each error to its callback. Node would end the process because of an error event without a listener.
 */
function ignoreError(): void {}

/** Standard output as a separate file that can be made non-blocking, for a terminal that is paused with Ctrl-S. */
function openWithoutBlocking(): number {
  try {
    return openSync('/dev/fd/1', constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return 1;
  }
}

function createFdWriter(fd: number): Output['write'] {
  let isTorn = false;
  return (data, done) => {
    function writeFrom(rest: Buffer): void {
      writeFd(fd, rest, (error, written) => {
        if (error?.code === 'EAGAIN') setTimeout(writeFrom, busyRetryMs, rest);
        else if (error) {
          isTorn ||= rest.length < data.length;
          done(error);
        } else if (written < rest.length) writeFrom(rest.subarray(written));
        else {
          isTorn = false;
          done();
        }
      });
    }
    // A disk that was full may have accepted part of a line: the next one starts on a line of its own.
    writeFrom(isTorn ? Buffer.concat([Buffer.from('\n'), data]) : data);
  };
}

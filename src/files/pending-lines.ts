/** Called with the result for lines whose loss must be reported. */
type Waiter = { readonly resolve: () => void; readonly reject: (error: Error) => void };

/** Lines that are written together: either all of them have waiters, or none does. */
export type Piece = {
  readonly text: string;
  readonly bytes: number;
  readonly lines: number;
  readonly waiters: readonly Waiter[] | undefined;
};

type OpenPiece = { text: string; bytes: number; lines: number; readonly waiters: Waiter[] | undefined };

export type PendingLines = {
  /** Adds one line, with its line end. @returns whether it began a new chunk after another */
  add(line: string, bytes: number): boolean;
  /** Adds lines with a waiter, which is called when their chunk is written or refused. */
  addAwaited(text: string, bytes: number, lines: number): Promise<void>;
  /** Removes the first chunk. */
  shift(): Piece | undefined;
  /** Puts a chunk, or what is left of it, before all others. */
  unshift(piece: Piece): void;
  /** Drops all lines that have waiters. */
  refuseAwaited(error: Error): void;
  /** Drops the rest, too. @returns how many lines that were */
  clear(): number;
  readonly pieces: number;
  readonly bytes: number;
};

/**
 * A queue of lines, collected into chunks for one write each.
 *
 * @param pieceBytes size of a chunk; only lines that were added together exceed it
 */
export function createPendingLines(pieceBytes: number): PendingLines {
  let pieces: OpenPiece[] = [];
  let pendingBytes = 0;

  function put(text: string, bytes: number, lines: number, waiter?: Waiter): boolean {
    pendingBytes += bytes;
    const last = pieces.at(-1);
    const isAlike = (last?.waiters === undefined) === (waiter === undefined);
    if (last !== undefined && isAlike && last.bytes + bytes <= pieceBytes) {
      last.text += text;
      last.bytes += bytes;
      last.lines += lines;
      if (waiter !== undefined) last.waiters?.push(waiter);
      return false;
    }
    pieces.push({ text, bytes, lines, waiters: waiter && [waiter] });
    return last !== undefined;
  }

  return {
    add: (line, bytes) => put(line, bytes, 1),
    addAwaited(text, bytes, lines) {
      const { promise, ...waiter } = Promise.withResolvers<void>();
      put(text, bytes, lines, waiter);
      return promise;
    },
    shift() {
      const piece = pieces.shift();
      pendingBytes -= piece?.bytes ?? 0;
      return piece;
    },
    unshift(piece) {
      pieces.unshift({ ...piece, waiters: piece.waiters && [...piece.waiters] });
      pendingBytes += piece.bytes;
    },
    refuseAwaited(error) {
      for (const { waiters = [], bytes } of pieces.filter((piece) => piece.waiters !== undefined)) {
        pendingBytes -= bytes;
        for (const waiter of waiters) waiter.reject(error);
      }
      pieces = pieces.filter(({ waiters }) => waiters === undefined);
    },
    clear() {
      const lines = pieces.reduce((sum, piece) => sum + piece.lines, 0);
      pieces = [];
      pendingBytes = 0;
      return lines;
    },
    get pieces() {
      return pieces.length;
    },
    get bytes() {
      return pendingBytes;
    },
  };
}

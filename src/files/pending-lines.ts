/** Told what became of lines whose loss must be heard of. */
type Waiter = { readonly resolve: () => void; readonly reject: (error: Error) => void };

/** Lines that are written together: either all of them have waiters, or none has. */
export type Piece = {
  readonly text: string;
  readonly bytes: number;
  readonly lines: number;
  readonly waiters: readonly Waiter[] | undefined;
};

type OpenPiece = { text: string; bytes: number; lines: number; readonly waiters: Waiter[] | undefined };

export type PendingLines = {
  /** Takes one line, with its line end. @returns whether it had to begin a piece behind another */
  add(line: string, bytes: number): boolean;
  /** Takes lines that somebody waits for, who is told by whoever writes or refuses their piece. */
  addAwaited(text: string, bytes: number, lines: number): Promise<void>;
  /** Takes out the piece that came first. */
  shift(): Piece | undefined;
  /** Puts a piece, or what is left of it, before all others. */
  unshift(piece: Piece): void;
  /** Gives up all that somebody waits for. */
  refuseAwaited(error: Error): void;
  /** Gives up the rest as well. @returns how many lines that were */
  clear(): number;
  readonly pieces: number;
  readonly bytes: number;
};

/**
 * A queue of lines, gathered into pieces for one write each.
 *
 * @param pieceBytes size of a piece; only lines that came together exceed it
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

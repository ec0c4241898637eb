/** So many answers go out without waiting for the turn to end: with thousands of sockets to read it may take seconds. */
const maxTogether = 32;

type Turn = {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly immediate: NodeJS.Immediate;
  waiting: number;
};

let turn: Turn | undefined;

function begin(): Turn {
  return { ...Promise.withResolvers<void>(), immediate: setImmediate(answerNow), waiting: 0 };
}

/**
 * Lets the answers that wait for the end of the turn go out now. For whoever knows that the turn may take long: while a
 * thousand sockets have something to read at every look, Node goes on reading them for seconds.
 */
export function answerNow(): void {
  if (turn === undefined) return;
  clearImmediate(turn.immediate);
  turn.resolve();
  turn = undefined;
}

/**
 * Resolves when this turn of the event loop has read all that had arrived, or 32 are waiting. Answers that are written
 * then, in a row, take a quarter less processor time than each at once: a write wakes its reader, which is dear when
 * that has just gone to sleep, and reading, predicting and writing each stay in the processor's caches.
 */
export function endOfTurn(): Promise<void> {
  turn ??= begin();
  const { promise } = turn;
  if (++turn.waiting === maxTogether) answerNow();
  return promise;
}

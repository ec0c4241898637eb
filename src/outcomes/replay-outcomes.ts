import { otherClass } from '../model/output-classes.ts';
import { createNumberSet, type NumberSet } from './number-set.ts';
import { isForgotten } from './outcome.ts';
import type { SeenIds } from './seen-ids.ts';
import type { Slot, SlotLine } from './slot.ts';
import type { Slots } from './slots.ts';
import type { Token, Tokens } from './token.ts';

/**
 * The maximum number of outcomes that a process counts for its predecessors: each takes some 400 bytes until a scrape
 * has been answered.
 */
const defaultMaxUncounted = 1 << 18;

/** An outcome that is in the file, and that no process has completely exposed to Prometheus. */
export type Uncounted = {
  readonly token: Token;
  /** Its index among the classes. */
  readonly outcome: number;
  /** Its position; `undefined` for a line of an earlier version, which did not number them. */
  readonly place: SlotLine | undefined;
  /** How long after the prediction it arrived, if that is to be counted, too. */
  readonly delayS?: number;
  /** Whether the outcome itself is to be counted, when it is due. */
  readonly isOpen: boolean;
};

export type Replayed = {
  readonly uncounted: readonly Uncounted[];
  /** How many more there are: they are left for later processes. */
  readonly left: number;
  /**
   * Ids of outcomes whose line was written, but not all others of the same write: the process ended in between, so no
   * sender was told that they are accepted.
   */
  readonly unanswered: Set<bigint>;
  /** Whether an earlier process has left any outcome. */
  readonly hasEarlier: boolean;
};

type Line = Readonly<Record<string, unknown>>;

/**
 * Reads what earlier processes have stored, so that repetitions are recognised, and finds what was not counted.
 *
 * @param earlier the lines of this replica's files
 * @param elsewhere the lines of other replicas, which count their own
 * @param oldestMs earlier predictions no longer get an outcome; ms since 1970
 * @param unnumberedFromMs lines without a number count if their prediction was made at this time or later
 * @param maxUncounted the maximum number to find, the oldest first: if nobody scrapes, their number grows
 * @throws Error if the lines cannot be read to the end
 */
export async function replayOutcomes(options: {
  readonly earlier: AsyncIterable<Line>;
  readonly elsewhere: AsyncIterable<Line>;
  readonly tokens: Tokens;
  readonly slots: Slots;
  readonly seen: SeenIds;
  readonly oldestMs: number;
  readonly unnumberedFromMs: number;
  readonly maxUncounted?: number | undefined;
}): Promise<Replayed> {
  const { earlier, elsewhere, tokens, slots, seen, oldestMs, unnumberedFromMs } = options;
  const { maxUncounted = defaultMaxUncounted } = options;
  const uncounted = new Map<bigint, Uncounted>();
  /**
   * Ids for which only lines that another process counts, or that were superseded by another line, have been found so
   * far.
   */
  const notOurs = new Set<bigint>();
  /** Numbers of the last lines of the writes to which uncounted lines belong, and which of them were found. */
  const ends = new Map<Uncounted, number>();
  const foundEnds = new Map<Slot, Set<number>>();
  const lowest = new Map<Slot, number>();
  const read = new Map<Slot, NumberSet>();
  let hasEarlier = false;
  let left = 0;

  /**
   * Registers the outcome of a line. @returns its token if it is signed, and whether the line is the first with its id
   */
  function remember(line: Line): { readonly token: Token; readonly isFirst: boolean } | undefined {
    if (isForgotten(line)) {
      seen.add(BigInt(`0x${line.forgottenKey}`), line.predictedMs);
      return undefined;
    }
    const token = tokens.verify(line.id);
    if (token === undefined) return undefined;
    const isFirst = !seen.has(token.key);
    if (isFirst && token.timeMs >= oldestMs) seen.add(token.key, token.timeMs);
    return { token, isFirst };
  }

  /** A file that is rotated while it is read comes twice: its lines are not repetitions of themselves. */
  function isReadAgain({ slot, line }: SlotLine): boolean {
    const lines = read.get(slot) ?? createNumberSet();
    read.set(slot, lines);
    const isKnown = lines.has(line);
    lines.add(line);
    return isKnown;
  }

  function readOwn(line: Line): void {
    hasEarlier = true;
    const found = slots.placeOf(line);
    if (found?.slot !== undefined && isReadAgain(found as SlotLine)) return;
    const known = remember(line);
    if (found !== undefined && found.slot === undefined) {
      // the process that owns the slot counts it
      if (known?.isFirst) notOurs.add(known.token.key);
      return;
    }
    const place = found as SlotLine | undefined;
    const before = known && uncounted.get(known.token.key);
    if (place !== undefined)
      lowest.set(place.slot, Math.min(place.line, lowest.get(place.slot) ?? place.line));
    if (place?.slot.hasLeft(place.line)) {
      place.slot.found(place.line, false);
      if (known?.isFirst) notOurs.add(known.token.key);
      return;
    }
    const isFirst = known !== undefined && (known.isFirst || notOurs.delete(known.token.key));
    const has = place?.slot.has(place.line);
    const isOpen = has === undefined ? isUncountedBefore(known?.token) : !has.outcome;
    const lacksDelay = has !== undefined && !has.delay;
    const counts = isFirst && place?.slot.isLost !== true && (isOpen || lacksDelay);
    // one without a number would be lost, as no later process would know that it was not counted
    const isLeft = counts && place !== undefined && uncounted.size >= maxUncounted;
    place?.slot.found(place.line, counts && isOpen && !isLeft);
    // if any line of a write was counted, all its lines are present
    if (place !== undefined && line.lastLine === place.line && isOpen && lacksDelay) {
      foundEnds.set(place.slot, (foundEnds.get(place.slot) ?? new Set()).add(place.line));
    }
    if (!counts) {
      if (place === undefined) return;
      const wasCounted = !isOpen || place.slot.isLost;
      if (known !== undefined && !wasCounted) place.slot.leave(place.line);
      // an id signed with a removed key can be verified again when the key is back
      else if (known !== undefined || isForgotten(line)) place.slot.giveUp(place.line);
      if (wasCounted && before?.isOpen && before.place !== undefined) {
        before.place.slot.leave(before.place.line);
        uncounted.delete(before.token.key);
      }
      return;
    }
    const { token } = known;
    seen.add(token.key, token.timeMs);
    if (isLeft) {
      left++;
      return;
    }
    const delayMs = Date.parse(String(line.time)) - token.timeMs;
    const one: Uncounted = {
      token,
      // the names alone do not give the index, as the model may not be in use
      outcome: line.outcome === line.prediction ? token.predictedClass : otherClass(token.predictedClass),
      place,
      isOpen,
      ...(lacksDelay && Number.isFinite(delayMs) && { delayS: Math.max(0, delayMs) / 1000 }),
    };
    uncounted.set(token.key, one);
    if (typeof line.lastLine === 'number') ends.set(one, line.lastLine);
  }

  const isUncountedBefore = (token: Token | undefined) =>
    token !== undefined && token.timeMs >= oldestMs && token.timeMs > unnumberedFromMs;

  for await (const line of earlier) readOwn(line);
  for await (const line of elsewhere) remember(line);
  // lines before the first remaining one have been deleted because of their age
  for (const [slot, line] of lowest) slot.giveUpBelow(slot.isLost ? slot.end : line);
  const unanswered = [...uncounted.values()].filter((one) => isCutOff(one, ends.get(one), foundEnds));
  return {
    uncounted: [...uncounted.values()],
    unanswered: new Set(unanswered.map(({ token }) => token.key)),
    left,
    hasEarlier,
  };
}

/** Whether the last line of the write that one belongs to is missing. */
function isCutOff(
  { place }: Uncounted,
  end: number | undefined,
  foundEnds: ReadonlyMap<Slot, ReadonlySet<number>>,
): boolean {
  if (place === undefined || end === undefined) return false;
  const { outcome, delay } = place.slot.has(end);
  return !outcome && !delay && foundEnds.get(place.slot)?.has(end) !== true;
}

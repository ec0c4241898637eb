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
  /** The number of the last of the lines that were written together with it. */
  readonly lastLine?: number;
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
 * @param unnumberedFromMs lines without a number count if their prediction was made after this time
 * @param maxUncounted the maximum number to find, the oldest first: if nobody scrapes, their number grows
 * @throws Error if the lines cannot be read to the end
 */
export async function replayOutcomes(options: {
  readonly earlier: AsyncIterable<Line>;
  readonly elsewhere: AsyncIterable<Line>;
  readonly tokens: Tokens;
  readonly slots: Pick<Slots, 'placeOf'>;
  readonly seen: SeenIds;
  readonly oldestMs: number;
  readonly unnumberedFromMs: number;
  readonly maxUncounted?: number | undefined;
}): Promise<Replayed> {
  const { earlier, elsewhere, tokens, slots, seen, oldestMs, unnumberedFromMs } = options;
  const { maxUncounted = defaultMaxUncounted } = options;
  const ids = createIds(tokens, seen, oldestMs);
  const read = createReadLines();
  const uncounted = new Map<bigint, Uncounted>();
  let hasEarlier = false;
  let left = 0;

  function readUnnumbered(line: Line): void {
    const own = ids.seeOwn(line);
    if (!own?.isFirst) return;
    const { token } = own;
    if (token.timeMs < oldestMs || token.timeMs <= unnumberedFromMs) return;
    uncounted.set(token.key, { token, outcome: outcomeOf(line, token), place: undefined, isOpen: true });
  }

  /** @returns whether its outcome will be counted here */
  function readNumbered(line: Line, place: SlotLine): boolean {
    const { slot, line: number } = place;
    if (slot.hasLeft(number)) {
      ids.seeForeign(line);
      return false;
    }
    const own = ids.seeOwn(line);
    if (own === undefined) {
      // an id signed with a removed key can be verified again when the key is back
      if (isForgotten(line)) slot.giveUp(number);
      return false;
    }
    const { token, isFirst } = own;
    const counted = slot.isLost ? { outcome: true, delay: true } : slot.has(number);
    if (isFirst && !(counted.outcome && counted.delay)) return count(line, place, token, counted);
    if (counted.outcome) {
      slot.giveUp(number);
      leave(token.key);
    } else {
      slot.leave(number);
    }
    return false;
  }

  function count(line: Line, place: SlotLine, token: Token, counted: ReturnType<Slot['has']>): boolean {
    seen.add(token.key, token.timeMs);
    // one without a number would be lost, as no later process would know that it was not counted
    if (uncounted.size >= maxUncounted) {
      left++;
      return false;
    }
    const delayMs = Date.parse(String(line.time)) - token.timeMs;
    const isOpen = !counted.outcome;
    uncounted.set(token.key, {
      token,
      outcome: outcomeOf(line, token),
      place,
      isOpen,
      ...(!counted.delay && Number.isFinite(delayMs) && { delayS: Math.max(0, delayMs) / 1000 }),
      ...(typeof line.lastLine === 'number' && { lastLine: line.lastLine }),
    });
    return isOpen;
  }

  /** For an outcome that was to be counted here, of which another line turns out to have been counted. */
  function leave(key: bigint): void {
    const one = uncounted.get(key);
    if (!one?.isOpen) return;
    one.place?.slot.leave(one.place.line);
    uncounted.delete(key);
  }

  /** Whether the last line of its write is missing. If any line of a write was counted, all of them were there. */
  function isCutOff({ place, lastLine }: Uncounted): boolean {
    if (place === undefined || lastLine === undefined) return false;
    const { outcome, delay } = place.slot.has(lastLine);
    return !outcome && !delay && !read.has(place.slot, lastLine);
  }

  for await (const line of earlier) {
    hasEarlier = true;
    const place = slots.placeOf(line);
    if (place === undefined) readUnnumbered(line);
    else if (!isOwn(place)) ids.seeForeign(line);
    else if (read.add(place)) place.slot.found(place.line, readNumbered(line, place));
  }
  for await (const line of elsewhere) ids.see(line);
  read.giveUpDeleted();
  const found = [...uncounted.values()];
  return {
    uncounted: found,
    unanswered: new Set(found.filter(isCutOff).map(({ token }) => token.key)),
    left,
    hasEarlier,
  };
}

/** Registers the ids of lines, and says which line is the first with its id. */
function createIds(tokens: Tokens, seen: SeenIds, oldestMs: number) {
  /** Those for which only lines that are not to be counted here have been found so far. */
  const foreign = new Set<bigint>();

  /** @returns its token if it is signed, and whether the line is the first with its id */
  function see(line: Line): { readonly token: Token; readonly isFirst: boolean } | undefined {
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

  return {
    see,
    /** For a line that another process counts, or that was left to another line. */
    seeForeign(line: Line): void {
      const known = see(line);
      if (known?.isFirst) foreign.add(known.token.key);
    },
    /** For a line that may be counted here: the first is the first of these. */
    seeOwn(line: Line): ReturnType<typeof see> {
      const known = see(line);
      return known && { ...known, isFirst: foreign.delete(known.token.key) || known.isFirst };
    },
  };
}

/** Remembers which lines of the slots that this process owns have been read. */
function createReadLines() {
  const lines = new Map<Slot, { readonly numbers: NumberSet; lowest: number }>();
  return {
    /** @returns false if it was read before: a file that is rotated while it is read comes twice */
    add({ slot, line }: SlotLine): boolean {
      const read = lines.get(slot) ?? { numbers: createNumberSet(), lowest: line };
      if (read.numbers.has(line)) return false;
      read.numbers.add(line);
      read.lowest = Math.min(read.lowest, line);
      lines.set(slot, read);
      return true;
    },
    has: (slot: Slot, line: number): boolean => lines.get(slot)?.numbers.has(line) === true,
    /** Lines before the first remaining one have been deleted because of their age. */
    giveUpDeleted(): void {
      for (const [slot, { lowest }] of lines) slot.giveUpBelow(slot.isLost ? slot.end : lowest);
    },
  };
}

function isOwn(place: NonNullable<ReturnType<Slots['placeOf']>>): place is SlotLine {
  return place.slot !== undefined;
}

/** The names alone do not give the index, as the model may not be in use. */
function outcomeOf({ outcome, prediction }: Line, { predictedClass }: Token): number {
  return outcome === prediction ? predictedClass : otherClass(predictedClass);
}

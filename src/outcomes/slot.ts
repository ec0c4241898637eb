import { z } from 'zod';
import { createNumberSet } from './number-set.ts';

const savedNumbers = z.object({ below: z.int().nonnegative(), bits: z.base64() });
const savedSlot = z.object({
  owner: z.uuid(),
  outcomes: savedNumbers,
  delays: savedNumbers,
  left: z.array(z.int().positive()),
});

/**
 * The lines that one process at a time writes into an outcome file, numbered from 1 on, and which of them have been
 * counted.
 */
export type Slot = {
  readonly number: number;
  /** The name under which the successive owners of the slot confirm outcomes to other replicas. */
  readonly owner: string;
  /** True if it is not known which of its lines were counted. */
  readonly isLost: boolean;
  /** One more than the greatest number known. */
  readonly end: number;
  /** Whether it has changed since it was last completely saved. */
  readonly isSaved: boolean;
  /** Its lines that are waiting to be counted here. */
  readonly open: number;
  /** Notes a line that was found in the file, and whether it will be counted here. */
  found(line: number, isOpen: boolean): void;
  /** What has been counted of a line. */
  has(line: number): { readonly outcome: boolean; readonly delay: boolean };
  counted(line: number, what: { readonly outcome: boolean; readonly delay: boolean }): void;
  /** The outcome of this line, or of all lines before `end`, must not be counted any more, nor in other lines. */
  giveUp(line: number): void;
  /**
   * This line is not to be counted, but another line with the same outcome may be: replicas that share a store may both
   * have written it, and the store decides whose it is.
   */
  leave(line: number): void;
  hasLeft(line: number): boolean;
  giveUpBelow(end: number): void;
  /** Its state as text, what to call once that is saved, and whether that or a later state has been saved. */
  save(): { readonly text: string; readonly onSaved: () => void; readonly isSaved: () => boolean };
};

/** One line of a slot. */
export type SlotLine = { readonly slot: Slot; readonly line: number };

/**
 * @param text the state that the previous process has saved, if any
 * @param owner for a new slot
 * @throws Error for a text that `save` has not written
 */
export function createSlot(number: number, text: string | undefined, owner: string): Slot {
  const before = text === undefined ? undefined : savedSlot.parse(JSON.parse(text));
  const outcomes = createNumberSet(before?.outcomes);
  const delays = createNumberSet(before?.delays);
  const left = new Set(before?.left);
  const open = new Set<number>();
  let end = Math.max(1, outcomes.end, delays.end);
  let changes = 0;
  let saved = before === undefined ? -1 : 0;
  const slot: Slot = {
    number,
    owner: before?.owner ?? owner,
    isLost: before === undefined,
    get end() {
      return Math.max(end, outcomes.end, delays.end);
    },
    get isSaved() {
      return saved === changes;
    },
    get open() {
      return open.size;
    },
    found(line, isOpen) {
      end = Math.max(end, line + 1);
      if (isOpen) open.add(line);
    },
    has: (line) => ({ outcome: outcomes.has(line), delay: delays.has(line) }),
    counted(line, what) {
      if (what.outcome) open.delete(line);
      if ((!what.outcome || outcomes.has(line)) && (!what.delay || delays.has(line))) return;
      if (what.delay) delays.add(line);
      if (what.outcome) outcomes.add(line);
      changes++;
    },
    giveUp(line) {
      slot.counted(line, { outcome: true, delay: true });
    },
    leave(line) {
      left.add(line);
      slot.giveUp(line);
    },
    hasLeft: (line) => left.has(line),
    giveUpBelow(below) {
      for (const line of left) if (line < below) left.delete(line);
      outcomes.addBelow(below);
      delays.addBelow(below);
      changes++;
    },
    save() {
      const atChanges = changes;
      return {
        text: JSON.stringify({
          owner: slot.owner,
          outcomes: outcomes.save(),
          delays: delays.save(),
          left: [...left],
        }),
        onSaved() {
          saved = Math.max(saved, atChanges);
        },
        isSaved: () => saved >= atChanges,
      };
    },
  };
  return slot;
}

/** A delay is cut into this many slots: an event comes out at most a slot's length late. */
const slotsPerDelay = 96;

/** Events of one slot, counted by cell. */
export type Slot = { readonly startMs: number; readonly counts: number[] };

export type DelayLine = {
  /** Puts in one event of a cell. @param atMs when it was, in ms since 1970; now if not given */
  add(cell: number, atMs?: number): void;
  /** Lets out what has been in for the whole delay. */
  release(): void;
  /** What is still in, oldest first. */
  slots(): readonly Slot[];
  /** Puts in events of the past, as `slots` gave them. Cells that there are not are left out. */
  restore(slots: readonly Slot[]): void;
};

/**
 * Counts events and adds them to `released` after a delay. It keeps one count a cell and slot, however many events.
 *
 * @param released one count a cell, added to in place
 * @param delayMs 0 lets everything through at once
 * @param now the time in ms since 1970: what is in can outlive the process
 * @param fromMs nothing is let out before, but what a delay of 0 lets through; ms since 1970
 */
export function createDelayLine(
  released: Float64Array,
  delayMs: number,
  { now = Date.now, fromMs = 0 } = {},
): DelayLine {
  const slotMs = Math.max(1, Math.ceil(delayMs / slotsPerDelay));
  let slots: Slot[] = [];

  function slotAt(startMs: number): Slot {
    let place = slots.length;
    while (place > 0 && slots[place - 1].startMs > startMs) place--;
    const before = slots[place - 1];
    if (before?.startMs === startMs) return before;
    const slot = { startMs, counts: new Array<number>(released.length).fill(0) };
    slots.splice(place, 0, slot);
    return slot;
  }

  function release(): void {
    if (now() < fromMs) return;
    const matureMs = now() - delayMs - slotMs;
    while (slots.length > 0 && slots[0].startMs <= matureMs) {
      const { counts } = slots[0];
      for (let i = 0; i < counts.length; i++) released[i] += counts[i];
      slots.shift();
    }
  }

  return {
    add(cell, atMs) {
      if (delayMs === 0) {
        released[cell]++;
        return;
      }
      const nowMs = now();
      // one slot holds all that has been in for the whole delay; the future is not counted on
      const ms = Math.min(nowMs, Math.max(atMs ?? nowMs, nowMs - delayMs - slotMs));
      const { length } = slots;
      slotAt(ms - (ms % slotMs)).counts[cell]++;
      if (slots.length > length) release();
    },
    release,
    slots: () => slots,
    restore(past) {
      const own = slots;
      slots = [];
      for (const { startMs, counts } of [...past, ...own].sort((a, b) => a.startMs - b.startMs)) {
        const slot = slotAt(startMs);
        for (let i = 0; i < slot.counts.length; i++) slot.counts[i] += counts[i] ?? 0;
      }
    },
  };
}

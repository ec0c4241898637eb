/** A delay is divided into this many slots: an event is released at most one slot length late. */
const slotsPerDelay = 96;

/** Events of one slot, counted by cell. */
export type Slot = { readonly startMs: number; readonly counts: number[] };

export type DelayLine = {
  /** Adds one event of a cell. @param atMs when it was, in ms since 1970; now if not given */
  add(cell: number, atMs?: number): void;
  /** Releases the events that have been held for the whole delay. */
  release(): void;
  /** The events still held, oldest first. */
  slots(): readonly Slot[];
  /** Adds events of the past, as `slots` returned them. Unknown cells are ignored. */
  restore(slots: readonly Slot[]): void;
};

/**
 * Counts events and adds them to `released` after a delay. It keeps one count per cell and slot, however many events
 * there are.
 *
 * @param released one count per cell, incremented in place
 * @param delayMs 0 releases everything immediately
 * @param now the time in ms since 1970, as held events can outlive the process
 * @param fromMs nothing is released before this, unless the delay is 0; ms since 1970
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
      // events older than the delay share one slot; times in the future are treated as now
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

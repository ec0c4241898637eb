/** An outcome that is not counted yet. */
export type Held = { readonly dueMs: number; readonly count: () => void };

export type HeldOutcomes = {
  /** Keeps an outcome until it is due; once the maximum is reached, it is counted immediately. */
  hold(held: Held): void;
  /** Counts what is due. */
  release(): void;
  readonly size: number;
};

const defaultMaxHeld = 1 << 19;

/**
 * Holds outcomes that arrived before their prediction is old enough to count: negative ones tend to arrive first, so
 * counting them on arrival would make the model look worse than it is. A binary heap, earliest first.
 */
export function createHeldOutcomes({ now = Date.now, maxHeld = defaultMaxHeld } = {}): HeldOutcomes {
  const heap: Held[] = [];

  function siftUp(place: number): void {
    let child = place;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (heap[parent].dueMs <= heap[child].dueMs) return;
      [heap[parent], heap[child]] = [heap[child], heap[parent]];
      child = parent;
    }
  }

  function siftDown(): void {
    let parent = 0;
    for (;;) {
      let least = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && heap[child].dueMs < heap[least].dueMs) least = child;
      }
      if (least === parent) return;
      [heap[parent], heap[least]] = [heap[least], heap[parent]];
      parent = least;
    }
  }

  function takeFirst(): void {
    const [{ count }] = heap;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) {
      heap[0] = last;
      siftDown();
    }
    count();
  }

  return {
    hold(held) {
      heap.push(held);
      siftUp(heap.length - 1);
      if (heap.length > maxHeld) takeFirst();
    },
    release() {
      const nowMs = now();
      while (heap.length > 0 && heap[0].dueMs <= nowMs) takeFirst();
    },
    get size() {
      return heap.length;
    },
  };
}

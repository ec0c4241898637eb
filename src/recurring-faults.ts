const quietMs = 60_000;

/** Decides what is said of faults that may come again and again. */
export type RecurringFaults = {
  /** A fault of this kind has come. @returns whether to say so */
  begin(kind: string): boolean;
  /** All is well. @returns whether to say so */
  end(): boolean;
};

/**
 * Each kind of fault is said once until all is well again, and at most once a minute where it comes and goes. That all
 * is well is said where a fault was said since.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createRecurringFaults(now: () => number = () => performance.now()): RecurringFaults {
  const open = new Set<string>();
  const saidMs = new Map<string, number>();
  return {
    begin(kind) {
      const nowMs = now();
      for (const [said, atMs] of saidMs) if (nowMs - atMs >= quietMs) saidMs.delete(said);
      if (open.has(kind) || saidMs.has(kind)) return false;
      open.add(kind);
      saidMs.set(kind, nowMs);
      return true;
    },
    end() {
      const isNews = open.size > 0;
      open.clear();
      return isNews;
    },
  };
}

const periodMs = 60_000;
/** A fault that comes and goes is said so often in a period. */
const maxSaid = 5;

/** Decides what is said of faults that may come again and again. */
export type RecurringFaults = {
  /** A fault of this kind has come. @returns whether to say so */
  begin(kind: string): boolean;
  /** All is well. @returns whether to say so */
  end(): boolean;
};

/**
 * Each kind of fault is said once until all is well again, and where it comes and goes at most five times a minute. That
 * all is well is said where a fault was said since.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function createRecurringFaults(now: () => number = () => performance.now()): RecurringFaults {
  const open = new Set<string>();
  let said: { readonly kind: string; readonly atMs: number }[] = [];
  return {
    begin(kind) {
      if (open.has(kind)) return false;
      const nowMs = now();
      said = said.filter(({ atMs }) => nowMs - atMs < periodMs);
      if (said.filter((one) => one.kind === kind).length >= maxSaid) return false;
      open.add(kind);
      said.push({ kind, atMs: nowMs });
      return true;
    },
    end() {
      const isNews = open.size > 0;
      open.clear();
      return isNews;
    },
  };
}

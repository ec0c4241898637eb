const periodMs = 60_000;
/** How often a recurring fault is reported within a period. */
const maxSaid = 5;

/** Decides which occurrences of recurring faults are reported. */
export type RecurringFaults = {
  /** A fault of this kind has occurred. @returns whether to report it */
  begin(kind: string): boolean;
  /** All is well. @returns whether to report that */
  end(): boolean;
};

/**
 * Each kind of fault is reported once until all is well again, and at most five times a minute if it comes and goes.
 * That all is well is reported if a fault has been reported before.
 *
 * @param now milliseconds of a monotonic clock
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

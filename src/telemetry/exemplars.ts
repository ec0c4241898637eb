/** An observation that a trace shows: where to look when its series rises. */
export type Exemplar = { readonly traceId: string; readonly value: number; readonly timeMs: number };

/** Enough for the rarest scrape. An older one would be likely to lead to a trace that is gone. */
const maxAgeMs = 10 * 60_000;

/** The last exemplar of each of some series. */
export type Exemplars = {
  /** Keeps it instead of the one before. */
  note(series: number, exemplar: Exemplar): void;
  /** Those of `count` series from `first` on that are not too old; undefined if there are none. */
  recent(first: number, count: number): readonly (Exemplar | undefined)[] | undefined;
};

/**
 * Makes the store of the last exemplars. Only traced requests note any, so nothing is done for the others, and there is
 * one for each series at most.
 *
 * @param now ms since 1970
 */
export function createExemplars(series: number, now: () => number = Date.now): Exemplars {
  const last: (Exemplar | undefined)[] = new Array(series).fill(undefined);
  return {
    note(place, exemplar) {
      last[place] = exemplar;
    },
    recent(first, count) {
      const oldestMs = now() - maxAgeMs;
      let hasAny = false;
      for (let i = first; i < first + count; i++) {
        if (last[i] === undefined) continue;
        if (last[i]!.timeMs < oldestMs) last[i] = undefined;
        else hasAny = true;
      }
      return hasAny ? last.slice(first, first + count) : undefined;
    },
  };
}

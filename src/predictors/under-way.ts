/** Counts what is under way, so that nothing is taken from it before it has ended. */
export type UnderWay = {
  readonly count: number;
  /** Does some work, and counts it as long as it lasts. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves once nothing is under way. */
  idle(): Promise<void>;
};

export function createUnderWay(): UnderWay {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    get count() {
      return count;
    },
    async during(work) {
      count++;
      try {
        return await work();
      } finally {
        count--;
        if (count === 0) {
          for (const resolve of waiting) resolve();
          waiting = [];
        }
      }
    },
    idle: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}

/** Counts work in progress, so that nothing it needs is released before it ends. */
export type UnderWay = {
  readonly count: number;
  /** Runs some work, and counts it while it runs. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves once nothing is in progress. */
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

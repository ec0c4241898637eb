import { rewriteLine } from '../terminal.ts';

const width = 30;
const intervalMs = 100;

/** Shows how far a long task is, on one line of a terminal that is rewritten in place. */
export type ProgressBar = {
  /** @param done in the unit of the total; more than the total shows as all of it */
  update(done: number): void;
  /** Clears the line. */
  end(): void;
};

/**
 * Makes a progress bar on stderr, so that stdout stays free for results. Where stderr is no terminal it shows nothing.
 *
 * @param label what is being done
 * @param total the amount that is all of it, above 0
 */
export function createProgressBar(label: string, total: number): ProgressBar {
  const { stderr } = process;
  if (!stderr.isTTY) return { update: () => {}, end: () => {} };
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    update(done) {
      const now = performance.now();
      if (now - drawnAt < intervalMs) return;
      drawnAt = now;
      const share = Math.min(1, done / total);
      const filled = Math.round(share * width);
      const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
      rewriteLine(stderr, `${label} ${bar} ${Math.floor(share * 100)} %`);
    },
    end() {
      rewriteLine(stderr, '');
    },
  };
}

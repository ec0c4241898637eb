import { rewriteLine, writeLines } from '../text/terminal.ts';

const width = 30;
const intervalMs = 100;
/** Without a terminal, a line is printed this often, so that a log shows progress. */
export const lineIntervalMs = 10_000;
/** Until then the pace is not known well enough to say how long the rest takes. */
const paceMs = 1000;

/** Shows how far a long task is, on one line of a terminal that is rewritten in place. */
export type ProgressBar = {
  /** @param done in the unit of the total; more than the total shows as all of it */
  update(done: number): void;
  /** Clears the line. */
  end(): void;
};

function formatLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} s left` : `${Math.ceil(seconds / 60)} min left`;
}

/**
 * Makes a progress bar on stderr, so that stdout stays free for results; if stderr is not a terminal, a line every ten
 * seconds. After a second it also says how long the rest takes at the pace so far.
 *
 * @param label what is being done
 * @param total the amount that is all of it, above 0
 * @param clock in milliseconds
 */
export function createProgressBar(
  label: string,
  total: number,
  clock: () => number = () => performance.now(),
): ProgressBar {
  const { stderr } = process;
  const { isTTY } = stderr;
  const startedAt = clock();
  let shownAt = isTTY ? Number.NEGATIVE_INFINITY : startedAt;
  return {
    update(done) {
      const now = clock();
      if (now - shownAt < (isTTY ? intervalMs : lineIntervalMs)) return;
      shownAt = now;
      const share = Math.min(1, done / total);
      const elapsed = now - startedAt;
      const left =
        elapsed < paceMs || share === 0 || share === 1
          ? ''
          : `, ${formatLeft((elapsed * (1 - share)) / share)}`;
      const text = `${Math.floor(share * 100)} %${left}`;
      if (!isTTY) {
        writeLines(stderr, [`${label} ${text}`]);
        return;
      }
      const filled = Math.round(share * width);
      rewriteLine(stderr, `${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${text}`);
    },
    end() {
      if (isTTY) rewriteLine(stderr, '');
    },
  };
}

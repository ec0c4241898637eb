import type { InputFault } from '../model/validate-input.ts';
import { formatCount } from '../text/format.ts';

/** Rows that were not evaluated, and why. */
export type LeftOut = {
  readonly reason: InputFault['code'] | 'unlabelled' | 'unreadable';
  /** The feature at fault, where it is one. */
  readonly feature: string | null;
  readonly rows: number;
};

/** Counts rows that are left out. */
export type LeftOutCounter = {
  add(reason: LeftOut['reason'], feature?: string | null, rows?: number): void;
  /** What was counted, in the order in which it was first met. */
  list(): LeftOut[];
};

export function countLeftOut(): LeftOutCounter {
  const counts = new Map<string, { reason: LeftOut['reason']; feature: string | null; rows: number }>();
  return {
    add(reason, feature = null, rows = 1) {
      if (rows === 0) return;
      const key = `${reason} ${feature}`;
      const counted = counts.get(key) ?? { reason, feature, rows: 0 };
      counted.rows += rows;
      counts.set(key, counted);
    },
    list: () => [...counts.values()],
  };
}

const faults: Partial<Record<LeftOut['reason'], string>> = {
  null: 'is missing, and the model needs it',
  missing: 'is missing, and the model needs it',
  type: 'is of another type than the model takes',
  too_long: 'is longer than any text that the service takes',
};

/** Says in a sentence which rows were left out. */
export function describeLeftOut({ reason, feature, rows }: LeftOut): string {
  const count = rows === 1 ? '1 row' : `${formatCount(rows)} rows`;
  const are = rows === 1 ? 'is' : 'are';
  if (reason === 'unlabelled') return `${count} without an outcome ${are} left out.`;
  if (reason === 'unreadable') return `${count} that cannot be read ${are} left out.`;
  return `${count} that the service would reject ${are} left out: ${feature} ${faults[reason] ?? reason}.`;
}

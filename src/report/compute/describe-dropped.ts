import { maxMagnitude } from '../../stats/summable.ts';
import { formatCount } from '../../text/format.ts';

/** Values that were not counted as what they are. */
export type Dropped = {
  readonly name: string;
  /** Values that are no number where one is needed. */
  readonly notNumbers: number;
  /** Rows in which the value was withheld. */
  readonly withheld: number;
  /** Values so large that only their bin is counted. */
  readonly leftOut: number;
};

/**
 * Says what became of values that were dropped.
 *
 * @param rows what the rows are called, in the plural
 * @param whose ` of the reference`, or nothing for the live rows
 * @param beyond where the values lie that are left out
 */
export function describeDropped(
  { name, notNumbers, withheld, leftOut }: Dropped,
  rows: string,
  whose = '',
  beyond = `beyond ±${maxMagnitude}`,
): string[] {
  const notes: string[] = [];
  if (notNumbers > 0) {
    notes.push(
      notNumbers === 1
        ? `${name}: 1 value${whose} is no number and counts as missing.`
        : `${name}: ${formatCount(notNumbers)} values${whose} are no numbers and count as missing.`,
    );
  }
  if (withheld > 0) {
    notes.push(
      `${name}: withheld in ${formatCount(withheld)} ${rows}${whose}, which are not counted for it.`,
    );
  }
  if (leftOut > 0) {
    const [values, lie, count, are] =
      leftOut === 1 ? ['value', 'lies', 'counts', 'is'] : ['values', 'lie', 'count', 'are'];
    notes.push(
      `${name}: ${formatCount(leftOut)} ${values}${whose} ${lie} ${beyond}: ${leftOut === 1 ? 'it' : 'they'} ${count} in the outermost bins and ${are} left out of mean, deviation, percentiles and distances.`,
    );
  }
  return notes;
}

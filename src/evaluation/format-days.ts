const units = [
  ['days', 1],
  ['hours', 24],
  ['minutes', 24 * 60],
] as const;

/** A time in the largest unit of which there are two. */
export function formatDays(days: number): string {
  const [unit, perDay] = units.find(([, each]) => days * each >= 2) ?? ['seconds', 24 * 3600];
  const amount = (days * perDay).toFixed(0);
  return `${amount} ${amount === '1' ? 'second' : unit}`;
}

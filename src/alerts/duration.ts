const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration in Prometheus's notation, of one unit: `30s`, `24h`. */
const durationForm = /^(\d{1,9})(ms|s|m|h|d)$/;

export function isDuration(text: string): boolean {
  return durationForm.test(text);
}

/** @throws RangeError if `duration` is not a whole number with one of the units ms, s, m, h, d */
export function durationMs(duration: string): number {
  const parts = durationForm.exec(duration);
  if (parts === null) throw new RangeError(`"${duration}" is not a duration such as 30s or 24h`);
  return Number(parts[1]) * unitMs[parts[2] as keyof typeof unitMs];
}

/** A duration in Prometheus's notation, in the largest unit that fits. */
export function formatDuration(ms: number): string {
  const unit = (['d', 'h', 'm', 's'] as const).find((candidate) => ms % unitMs[candidate] === 0) ?? 'ms';
  return `${ms / unitMs[unit]}${unit}`;
}

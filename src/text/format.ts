/** One symbol for each verdict, so that none depends on colour alone. */
export const signs = { drifting: '▲', moved: '◆', stable: '●', undetermined: '?' } as const;

const fraction = new Intl.NumberFormat('en', { maximumSignificantDigits: 4 });
const large = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat('en');

export function formatNumber(value: number): string {
  // all digits of 1e99 would fill more than a line without adding information
  if (Math.abs(value) >= 1e15) return Number(value.toPrecision(4)).toExponential();
  return (Math.abs(value) < 1000 ? fraction : large).format(value);
}

/** A text that begins a sentence or a title. */
export function capitalise(text: string): string {
  return text.replace(/^./, (first) => first.toUpperCase());
}

export function formatCount(value: number): string {
  return whole.format(value);
}

/** A count with its noun, which gets an s unless the count is 1. */
export function formatAmount(value: number, noun: string): string {
  return `${whole.format(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** A share in per cent, with a number of digits that depends on its size: `31 %`, `1.8 %`, `0.02 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.1) return percent < 0.01 ? '< 0.01 %' : `${percent.toFixed(2)} %`;
  if (percent > 99.9) return '> 99.9 %';
  return percent < 10 || percent > 90 ? `${Number(percent.toFixed(1))} %` : `${Math.round(percent)} %`;
}

/** A share in per cent with one decimal, whatever its size: `75.3 %`, `5.0 %`. */
export function formatFixedShare(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** A share that somebody has chosen, such as an objective, in per cent with all its digits: `99.95 %`. */
export function formatExactShare(share: number): string {
  return `${Number((100 * share).toFixed(6))} %`;
}

/** A time for people: `2026-01-31 12:00`. */
export function formatTime(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}

export function formatPsi(value: number | null): string {
  if (value === null) return '–';
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** An effect on the scores, in their standard deviations. */
export function formatEffect(effect: number | null): string {
  return effect === null ? '–' : effect.toFixed(2);
}

/**
 * How often something happens by chance: `in fewer than 1 of 1,500 such reports`, `up to 1.2 times in each such report`.
 *
 * @param expected how often in one of them, at most
 * @param noun what it happens in, one of them
 */
export function formatChance(expected: number, noun: string): string {
  if (expected >= 0.5) return `up to ${expected.toFixed(1)} times in each such ${noun}`;
  const every = 1 / expected;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(every)) - 1);
  return `in fewer than 1 of ${formatCount(step * Math.floor(every / step))} such ${noun}s`;
}

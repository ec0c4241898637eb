import { findOneName, formatNames } from '../text/column-names.ts';
import type { RequestFeature, Row } from './request-features.ts';

/** One way in which the traffic differs from the data that it is drawn from. */
export type TrafficDrift =
  | { readonly kind: 'shift'; readonly feature: string; readonly by: number }
  | { readonly kind: 'scale'; readonly feature: string; readonly factor: number }
  | { readonly kind: 'unseen'; readonly feature: string }
  | { readonly kind: 'missing'; readonly feature: string; readonly share: number };

/** Represents every category that no training row had. */
export const unseenCategory = 'never seen in training';

const forms = 'FEATURE:+10, FEATURE:-10, FEATURE:x1000, FEATURE:unseen or missing:FEATURE:0.2';

const amount = /^([x+-])(\d*\.?\d+(?:e[+-]?\d+)?)$/i;
const missingForm = /^missing:(.+):[^:]*$/s;

/**
 * Reads one drift as it is written on the command line: `FEATURE:+10` and `FEATURE:-10` add to every value,
 * `FEATURE:x1000` multiplies it, `FEATURE:unseen` replaces it by a category that training never saw, and
 * `missing:FEATURE:0.2` drops that share of the values. A feature's name may contain colons, and may be quoted as in a
 * list of names.
 *
 * @throws Error naming the text and the possible forms, or the feature and the existing ones
 */
export function parseDrift(text: string, features: readonly RequestFeature[]): TrafficDrift {
  const names = features.map(({ name }) => name);
  const colon = text.lastIndexOf(':');
  const change = text.slice(colon + 1);
  const changed = text.slice(0, Math.max(colon, 0));
  if (changed === '') throw new Error(`drift '${text}' is not of the form ${forms}`);
  // a share is never written like `+1`, so then `missing:age` is itself a feature
  const missing = amount.test(change) || change === 'unseen' ? undefined : missingForm.exec(text)?.[1];
  const given = missing ?? changed;
  const feature = findOneName(given, names);
  const found = features.find(({ name }) => name === feature);
  if (feature === undefined || found === undefined) {
    throw new Error(`drift '${text}': the service knows no feature '${given}', but ${formatNames(names)}`);
  }
  if (missing !== undefined) {
    const share = Number(change);
    if (change.trim() === '' || !(share > 0 && share <= 1)) {
      throw new Error(`drift '${text}': the missing share must be above 0 and at most 1, not '${change}'`);
    }
    return { kind: 'missing', feature, share };
  }
  if (change === 'unseen') {
    if (found.kind === 'categorical') return { kind: 'unseen', feature };
    throw new Error(`drift '${text}': '${feature}' is a number and has no unseen categories`);
  }
  const numeric = amount.exec(change);
  if (numeric === null) throw new Error(`drift '${text}' is not of the form ${forms}`);
  if (found.kind !== 'numeric') {
    throw new Error(`drift '${text}': '${feature}' is not a number, it can become 'unseen' or missing`);
  }
  const [, sign, digits] = numeric;
  const by = Number(digits);
  if (!Number.isFinite(by)) throw new Error(`drift '${text}': ${digits} is too large for a number`);
  return sign.toLowerCase() === 'x'
    ? { kind: 'scale', feature, factor: by }
    : { kind: 'shift', feature, by: sign === '-' ? -by : by };
}

/** JSON has no infinity, and would send `null`: a missing value. */
function representable(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

function drifted(drift: TrafficDrift, value: number | string | null, random: () => number): Row[string] {
  switch (drift.kind) {
    case 'shift':
      return typeof value === 'number' ? representable(value + drift.by) : value;
    case 'scale':
      return typeof value === 'number' ? representable(value * drift.factor) : value;
    case 'unseen':
      return unseenCategory;
    case 'missing':
      return random() < drift.share ? null : value;
  }
}

/** Applies the drifts to a row one after the other; a value that is already missing stays missing. */
export function applyDrifts(drifts: readonly TrafficDrift[], row: Row, random: () => number): Row {
  const changed = { ...row };
  for (const drift of drifts) changed[drift.feature] = drifted(drift, changed[drift.feature], random);
  return changed;
}

import { scoreFeature } from '../../model/artifact.ts';
import { type WindowName, windowNames } from '../../monitor/windows.ts';
import type { Verdict } from '../../stats/drift.ts';
import { formatAmount, formatCount } from '../../text/format.ts';
import type { Overview } from './home-overview.ts';
import { describeSegment, nameInText } from './segment-list.ts';

export const windowWords: Record<WindowName, string> = {
  '10m': 'last 10 minutes',
  '1h': 'last hour',
  '24h': 'last 24 hours',
};

/** A sentence that names more of a kind than this would not be read. */
const maxNamed = 3;

/** What is said of a model before all else. */
export type HomeVerdict = { readonly sign: Verdict; readonly text: string };

/**
 * The verdict of the decisive window: drift, slow drift of all days, drift within a segment, what moved, then what cannot
 * be told.
 */
export function homeVerdict({
  variables,
  decisive,
  slowDrift,
  segments,
}: Pick<Overview, 'variables' | 'decisive' | 'slowDrift' | 'segments'>): HomeVerdict {
  const where = `in the ${windowWords[windowNames[decisive]]}`;
  const named = (verdict: Verdict) =>
    variables
      .filter(({ drifts }) => drifts[decisive].verdict === verdict)
      .map(({ variable: { name } }) => name);
  const drifting = named('drifting');
  if (drifting.length > 0) {
    return { sign: 'drifting', text: describeDrift(drifting, variables.length - 1, where) };
  }
  const slow = slowDrift.flatMap(({ name, direction, forDays }) =>
    forDays === null ? [] : `${nameInText(name)} ${direction}, for about ${formatAmount(forDays, 'day')}`,
  );
  if (slow.length > 0) return { sign: 'drifting', text: `Slow drift: ${shortList(slow, '; ')}.` };
  const [worst] = segments;
  if (worst?.verdict === 'drifting') {
    return { sign: 'drifting', text: `Drift ${where} where ${describeSegment(worst)}.` };
  }
  const moved = named('moved');
  if (moved.length > 0) {
    const what = shortList(moved.map(nameInText));
    return { sign: 'moved', text: `Nothing drifts ${where}; moved, but too little for an alert: ${what}.` };
  }
  const doubtful = named('undetermined');
  if (doubtful.length === 0) return { sign: 'stable', text: `No drift ${where}.` };
  const what =
    doubtful.length < variables.length
      ? ` whether these drifted: ${shortList(doubtful.map(nameInText))}`
      : variables.every(({ drifts }) => drifts[decisive].samples === 0)
        ? ': there are no requests'
        : ': there are too few requests';
  return { sign: 'undetermined', text: `Cannot tell yet${what}.` };
}

/** `9 of 19 features drift in the last hour, MonthlyCharges most, and so do the scores.` */
function describeDrift(drifting: readonly string[], features: number, where: string): string {
  const [first, ...others] = drifting.filter((name) => name !== scoreFeature);
  const scoresDrift = drifting.includes(scoreFeature);
  if (first === undefined) return `The scores drift ${where}, and no feature does.`;
  const scores = scoresDrift ? ', and so do the scores' : '';
  const of = `of ${formatAmount(features, 'feature')}`;
  if (others.length === 0) return `1 ${of} drifts ${where}: ${first}${scores}.`;
  const count = others.length + 1;
  const what = count === features ? `All ${formatCount(features)} features` : `${formatCount(count)} ${of}`;
  return `${what} drift ${where}, ${first} most${scores}.`;
}

function shortList(items: readonly string[], separator = ', '): string {
  const more = items.length - maxNamed;
  return items.slice(0, maxNamed).join(separator) + (more > 0 ? ` and ${formatCount(more)} more` : '');
}

import type { Verdict } from '../../stats/drift.ts';
import { judgeAll } from '../../stats/judge-all.ts';
import { formatShare } from '../../text/format.ts';
import type { DriftReport } from '../compute/drift-report.ts';

type Together = NonNullable<DriftReport['together']>;

/** Smaller parts of what tells the sides apart are not named. */
const minShare = 0.1;
const maxNamed = 3;

/** The verdict of the report with that of all features together, which can be no worse than `moved`. */
export function withTogether(verdict: Verdict, together: Together | null): Verdict {
  return together?.verdict === 'moved' ? judgeAll([verdict, 'moved']) : verdict;
}

/** Puts what all features show together before what they show one by one, where these are all stable or undecided. */
export function describeWithTogether(headline: string, whole: Verdict, together: Together | null): string {
  if (together?.verdict !== 'moved' || whole === 'drifting' || whole === 'moved') return headline;
  return `The features have moved together, although no single one has. ${describeTogether(together)} One by one: ${headline}`;
}

/** Whether live rows can be told from the reference, and by what. */
export function describeTogether({ verdict, rocAuc, standardError, terms }: Together): string {
  const area = `AUC ${rocAuc.toFixed(2)} ± ${Math.max(0.01, standardError).toFixed(2)}`;
  if (verdict === 'undetermined')
    return `There are too few rows to say whether all features together tell live rows from the reference: ${area}.`;
  if (verdict !== 'moved')
    return `All features together can hardly tell live rows from the reference: ${area}.`;
  const named = terms.filter(({ share }) => share >= minShare).slice(0, maxNamed);
  const by = named.map(({ name, share }) => `${name} (${formatShare(share)})`).join(', ');
  return `All features together tell live rows from the reference: ${area}${by === '' ? ', by many small differences' : `, by ${by}`}.`;
}

import { scoreFeature } from '../../model/artifact.ts';
import type { Verdict } from '../../stats/drift.ts';
import type { ReportVariable } from '../compute/drift-report.ts';
import { listOf } from './describe-verdict.ts';

type Told = Pick<ReportVariable, 'name' | 'verdict' | 'slowDrift'>;

/** The variables that drift slowly and that the verdict does not call drifting, most evidence first. */
export function slowlyDrifting<Variable extends Told>(variables: readonly Variable[]): Variable[] {
  const evidenceOf = ({ slowDrift }: Told) => slowDrift?.evidence ?? 0;
  return variables
    .filter(
      ({ verdict, slowDrift }) => verdict !== 'drifting' && slowDrift !== null && slowDrift.since !== null,
    )
    .sort((a, b) => evidenceOf(b) - evidenceOf(a));
}

/** The verdict of the report: slow drift counts as drift. */
export function withSlowDrift(whole: Verdict, variables: readonly Told[]): Verdict {
  return slowlyDrifting(variables).length > 0 ? 'drifting' : whole;
}

/** Adds slow drift to the sentence on all rows. @param whole the verdict on all rows */
export function describeWithSlowDrift(headline: string, whole: Verdict, variables: readonly Told[]): string {
  const [first, ...others] = slowlyDrifting(variables);
  if (first === undefined) return headline;
  const names = others.map(({ name }) => titleOf(name));
  const more = others.length === 0 ? '' : `, and so ${others.length === 1 ? 'has' : 'have'} ${listOf(names)}`;
  const title = titleOf(first.name);
  const [has, begin] = first.name === scoreFeature ? ['have', 'The scores'] : ['has', title];
  const text = `${begin} ${has} ${describeSlowDrift(first)}${more}.`;
  return whole === 'drifting' ? `${headline} ${text}` : `${text} All rows together: ${headline}`;
}

/** The sentence on one variable, behind its slow drift. */
export function sentenceWithSlowDrift(sentence: string, variable: Told): string {
  if (slowlyDrifting([variable]).length === 0) return sentence;
  return `It has ${describeSlowDrift(variable)}. All rows together: ${sentence}`;
}

/** `drifted slowly upwards since about 2026-03-05` */
function describeSlowDrift({ slowDrift }: Pick<ReportVariable, 'slowDrift'>): string {
  const way = slowDrift?.direction === 'rises' ? 'upwards' : 'downwards';
  return `drifted slowly ${way} since about ${slowDrift?.since?.slice(0, 10)}`;
}

function titleOf(name: string): string {
  return name === scoreFeature ? 'the scores' : name;
}

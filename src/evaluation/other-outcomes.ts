import type { Artifact } from '../model/artifact.ts';
import { formatAmount } from '../text/format.ts';

/** Outcomes of a model or version that is not evaluated. */
export type OtherModel = { readonly name: string; readonly version: string; readonly count: number };

/** What the lines that are of no use are, and the option that makes them of use, if there is one. */
export function whyNone(
  { name, output }: Artifact,
  others: readonly OtherModel[],
  foreign: number,
  damaged: number,
): string {
  if (others.length === 0) {
    if (damaged > 0 && foreign === 0) return `, but ${formatAmount(damaged, 'line')} that cannot be read`;
    return foreign === 0
      ? ''
      : ` has an id, a score, and ${output.negative} or ${output.positive} as prediction and outcome, of ${foreign}`;
  }
  const found = `, but ${listOthers(others)}`;
  const sameModel = others.find((other) => other.name === name);
  return sameModel === undefined
    ? `${found}: give the file of that model with --model`
    : `${found}: --model-version ${sameModel.version} evaluates that version`;
}

export function whyYoung(young: number, oldestMs: number): string {
  return oldestMs > Date.now()
    ? ` is in the past, by the clock of this machine, of ${young}`
    : ` is old enough, of ${young}: OUTCOME_MATURITY_DAYS=0, or --maturity 0 of vigia evaluate, takes them`;
}

export function listOthers(others: Iterable<OtherModel>): string {
  return [...others].map(({ name, version, count }) => `${count} of ${name} ${version}`).join(', ');
}

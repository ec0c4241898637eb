import type { Artifact } from '../model/artifact.ts';
import { type Learnt, learntFromOutcomes } from '../model/learnt.ts';
import { formatShare } from '../text/format.ts';

/** A threshold, and what it gives on rows that the model was not fitted on. */
type Proposal = {
  readonly value: number;
  readonly precision: number;
  readonly recall: number;
  /** Of all rows, the share that is predicted positive. */
  readonly predicted: number;
};

/** Below this share of the positives a model predicts almost nobody positive. */
const fewestPredicted = 0.2;
/** In standard errors. */
const certain = 2;

/** How the threshold decides on rows that the model was not fitted on. */
export function describeDecisions({ output }: Artifact, learnt: Learnt): string {
  const { precision, recall } = learnt.evaluation;
  const share = predictedShare(learnt);
  const right = share === 0 ? '' : `precision ${precision.value.toFixed(3)}, `;
  return `${right}recall ${recall.value.toFixed(3)}; ${output.positive} is predicted for ${formatShare(share)} of the rows, and true for ${formatShare(learnt.prevalence)}`;
}

/** Warnings before a model is used: it is no better than guessing, or predicts almost nobody positive. */
export function cautionsOnModel(artifact: Artifact): string[] {
  const learnt = learntFromOutcomes(artifact);
  if (learnt === undefined) return [];
  const { rocAuc } = learnt.evaluation;
  const cautions: string[] = [];
  if (rocAuc.value - certain * rocAuc.standardError <= 0.5) {
    cautions.push(
      `an AUC of ${rocAuc.value.toFixed(3)} cannot be distinguished from guessing (0.5): these rows do not show that the features predict the target`,
    );
  } else if (predictedShare(learnt) < fewestPredicted * learnt.prevalence) {
    cautions.push(describeFew(artifact, learnt));
  }
  return cautions;
}

function describeFew({ output }: Artifact, learnt: Learnt): string {
  const { positive, threshold } = output;
  const few = `at the threshold ${threshold.value}, almost no row is predicted ${positive}, and only ${formatShare(learnt.evaluation.recall.value)} of the rows that are ${positive} are found`;
  const best = proposeThreshold(learnt);
  if (best === undefined) return few;
  return `${few}. --threshold ${best.value} would find ${formatShare(best.recall)}, predict ${positive} for ${formatShare(best.predicted)} of the rows, and be right in ${formatShare(best.precision)} of these`;
}

/** Of all rows, the share that is predicted positive: what is found, divided by how often that is right. */
function predictedShare({ evaluation: { precision, recall }, prevalence }: Learnt): number {
  return precision.value > 0 ? Math.min(1, (recall.value * prevalence) / precision.value) : 0;
}

/**
 * The edge of the held-out score bins with the highest F1, of which precision and recall are the two sides; `undefined`
 * where no edge parts the rows.
 */
function proposeThreshold({ bins }: Pick<Learnt, 'bins'>): Proposal | undefined {
  const { edges, counts, positives } = bins;
  const rows = sum(counts);
  const all = sum(positives);
  let best: Proposal | undefined;
  let bestF1 = 0;
  let [predicted, found] = [0, 0];
  for (let i = edges.length - 1; i >= 0; i--) {
    predicted += counts[i + 1];
    found += positives[i + 1];
    const f1 = (2 * found) / (predicted + all);
    if (predicted === rows || f1 <= bestF1) continue;
    bestF1 = f1;
    best = {
      value: edges[i],
      precision: found / predicted,
      recall: found / all,
      predicted: predicted / rows,
    };
  }
  return best;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

import type { Artifact, Evaluation } from '../model/artifact.ts';
import { ownKeyName } from '../model/disclosure.ts';
import { type Learnt, learntFromOutcomes } from '../model/learnt.ts';
import { createJointGroups } from '../monitor/joint-groups.ts';
import { maxGroups } from '../outcomes/token.ts';
import { formatCount, formatShare } from '../text/format.ts';
import { wrap } from '../text/wrap.ts';
import { cautionsOnModel, describeDecisions } from './decision-notes.ts';

/** What the choice of `--sensitive` does not do: who can run the model can find the value that makes the score of the others. */
function sensitivityNotice(sensitive: readonly string[]): string {
  return `${sensitive.join(', ')}: redacted, but whoever has the model and a sample with the other values can compute the value from the score; SAMPLES_VALUES=off prevents that`;
}

/** What becomes of protected features that the ids of predictions have no room for. */
function unfollowedNotice(names: readonly string[]): string {
  return `${names.join(', ')}: decisions are counted by bin, but outcomes are not, because an id has no room for more features; name the most important ones first in --protected`;
}

function describePositives(positive: string, { positives, prevalence }: Learnt): string {
  return `, of which ${positive} ${formatCount(positives)} (${formatShare(prevalence)})`;
}

function describeProtocol({ protocol }: Evaluation): string {
  return protocol.kind === 'cross-validation'
    ? `${protocol.folds}-fold cross-validation, ${formatTimes(protocol.repeats)}`
    : 'on these rows';
}

function formatTimes(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/**
 * The summary of a model whose file was written to `out`, in lines of a terminal.
 *
 * @param columns the most that a line may have
 * @param notes more to say, each under a label of at most nine characters
 */
export function summariseModel(
  artifact: Artifact,
  out: string,
  columns: number,
  notes: readonly (readonly [label: string, text: string])[] = [],
): string[] {
  const { training, output, features, sensitive, segments = [] } = artifact;
  const { threshold } = output;
  const learnt = learntFromOutcomes(artifact);
  const withheld = sensitive.filter((name) => name !== ownKeyName);
  const figure = ({ value, standardError }: { value: number; standardError: number }) =>
    `${value.toFixed(3)} ± ${standardError.toFixed(3)}`;
  const { leftOut } = createJointGroups(artifact, maxGroups);
  const names = features.map(({ name, kind }) => (kind === 'numeric' ? name : `${name} (categories)`));
  const lines = [
    ['rows', `${formatCount(training.rows)}${learnt ? describePositives(output.positive, learnt) : ''}`],
    ['features', names.join(', ')],
    ...(learnt === undefined
      ? []
      : [
          ['AUC', `${figure(learnt.evaluation.rocAuc)} (${describeProtocol(learnt.evaluation)})`],
          ['log-loss', figure(learnt.evaluation.logLoss)],
          ['accuracy', figure(learnt.evaluation.accuracy)],
          ['decisions', describeDecisions(artifact, learnt)],
        ]),
    ['threshold', `${threshold.value}: ${threshold.reason}`],
    ...(leftOut.length > 0 ? [['protected', unfollowedNotice(leftOut)]] : []),
    ...(segments.length > 0 ? [['segments', `of ${segments.map(({ feature }) => feature).join(', ')}`]] : []),
    ...(withheld.length > 0 ? [['sensitive', sensitivityNotice(withheld)]] : []),
    ['drift', training.smallestDetectableDrift],
    ...notes,
    ...cautionsOnModel(artifact).map((text) => ['caution', text]),
    ['written', `${out}, model ${artifact.name} version ${artifact.version}`],
  ];
  return lines.flatMap(([label, text]) => wrap(`${label.padEnd(11)}${text}`, columns, ' '.repeat(11)));
}

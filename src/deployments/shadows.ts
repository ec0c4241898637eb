import type { Row } from '../model/row.ts';
import type { ShadowPair, ShadowPairs } from '../outcomes/shadow-pairs.ts';
import type { ShadowScores } from '../outcomes/shadow-scores.ts';
import type { Tokens } from '../outcomes/token.ts';
import type { Prediction } from '../predictors/predictor.ts';
import type { MetricSource } from '../telemetry/metric-data.ts';
import { shadowPairMetrics } from '../telemetry/shadow-metrics.ts';
import { formatAmount } from '../text/format.ts';
import { oneLine } from '../text/one-line.ts';
import { createRecurringFaults } from '../times/recurring-faults.ts';
import { askPredictor, classOf } from './ask-predictor.ts';
import type { Deployment } from './deployment.ts';
import type { Deployments } from './deployments.ts';
import { haveSameClasses } from './model-roles.ts';
import { type Records, record } from './record.ts';
import { createShadowQueue, type FollowedRow } from './shadow-queue.ts';

/** The models that score the rows of another one without answering. */
export type Shadows = {
  /** Whether there are any that score the rows of a model. */
  followed(champion: Deployment): boolean;
  /** Lets them score a row after it has been answered, if the model is the one that they follow. */
  follow(row: FollowedRow): void;
  /** How they compare with the versions that they follow or have followed. */
  pairs(): readonly ShadowPair[];
  readonly metrics: MetricSource;
  /** Resolves once no row waits for them. */
  idle(): Promise<void>;
  /** Stops them from scoring; reports how many rows they have left. */
  close(): void;
};

/**
 * Makes the shadows of the default model. Each counts under its own name and version, and stores its own sample, under
 * the id that the caller received: an outcome with this id applies to both.
 *
 * @param names `SHADOW_MODELS`
 * @param onProblem told in one line what a shadow cannot do
 */
export function createShadows(options: {
  readonly names: readonly string[];
  readonly deployments: Deployments;
  readonly records: Omit<Records, 'shadows'> & { readonly tokens: Pick<Tokens, 'verify'> };
  readonly scores: ShadowScores;
  readonly pairs: ShadowPairs;
  readonly onProblem: (message: string) => void;
}): Shadows {
  const { names, deployments, records, scores, pairs, onProblem } = options;

  const queues = names.map((name) => {
    const faults = createRecurringFaults();
    const sayOnce = (kind: string, message: string) => faults.begin(kind) && onProblem(message);
    const queue = createShadowQueue({
      shadow(champion) {
        const shadow = deployments.get(name);
        if (shadow === undefined || haveSameClasses(champion.counts.classes, shadow.counts.classes))
          return shadow;
        sayOnce(
          'classes',
          `the shadow ${name} has different classes from ${champion.artifact.name}: it scores no rows until they agree`,
        );
        return undefined;
      },
      score: askPredictor,
      onScored(...scored) {
        keep(...scored);
        // a later failure is reported again
        faults.end();
      },
      onFailure: (_shadow, error) =>
        sayOnce(error.name, `the shadow ${name} cannot score: ${oneLine(error)}`),
      onDropped(champion, reason, rows) {
        const shadow = deployments.get(name);
        if (shadow) pairs.of(champion.known, shadow.known).addDropped(reason, rows);
      },
    });
    return { name, queue };
  });

  function keep(
    shadow: Deployment,
    row: Row,
    { score, prediction }: Prediction,
    { champion, id, isKept, predictedClass: ofChampion, timeMs, traceId }: FollowedRow,
    startedMs: number,
  ): void {
    const { predictedClass, observation } = record(records, shadow, row, score, {
      startedMs,
      timeMs,
      predictedClass: classOf(shadow, prediction),
      wantsId: false,
      traceId,
      // its span is the champion's
      isTraced: false,
      // the champion's sample has it: a label is joined with that one
      key: undefined,
      span: undefined,
      shadowed: { id, isKept },
    });
    pairs.of(champion.known, shadow.known).addPrediction(ofChampion, predictedClass);
    const group = shadow.groups?.numberOf(observation.bins);
    // without an id, nobody can report an outcome of the prediction
    const token = id === undefined ? undefined : records.tokens.verify(id);
    if (token === undefined) return;
    scores.add(token.key, { model: shadow.digest.toString('hex'), score, predictedClass, group });
  }

  /**
   * Current shadows have their series before their first row, because Prometheus only counts increases after a series
   * has begun.
   */
  function allPairs(): readonly ShadowPair[] {
    const champion = deployments.default;
    for (const name of names) {
      const shadow = deployments.get(name);
      if (champion && shadow) pairs.of(champion.known, shadow.known);
    }
    return pairs.all();
  }

  const followed = (champion: Deployment) => queues.length > 0 && champion === deployments.default;
  return {
    followed,
    follow(row) {
      if (!followed(row.champion)) return;
      for (const { queue } of queues) queue.add(row);
    },
    pairs: allPairs,
    metrics: () => shadowPairMetrics(allPairs()),
    async idle() {
      await Promise.all(queues.map(({ queue }) => queue.idle()));
    },
    close() {
      for (const { name, queue } of queues) {
        const left = queue.close();
        if (left > 0)
          onProblem(
            `the shadow ${name} had ${formatAmount(left, 'row')} left to score when the service stopped`,
          );
      }
    },
  };
}

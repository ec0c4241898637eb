import type { Span } from '@opentelemetry/api';
import type { Row } from '../model/row.ts';
import { findUnusual } from '../monitor/findings.ts';
import type { Observation } from '../monitor/monitor.ts';
import type { SpanAttributes } from '../telemetry/conventions.ts';
import type { Deployment } from './deployment.ts';

/**
 * What a trace shows about a prediction: the names of unusual features, never their values, and what moved the score
 * most. It reveals nothing about a sensitive feature, and if there is one, omits the score, from which its value could
 * be computed.
 */
export function describePrediction(
  span: Pick<Span, 'setAttributes'>,
  { artifact, monitor, counts, disclosure, explainToOthers }: Deployment,
  row: Row,
  score: number,
  observation: Observation,
): void {
  const { missing, unseen, outsideRange } = findUnusual(monitor, observation);
  const reasons = explainToOthers?.(row);
  const attributes: SpanAttributes = {
    'model.name': artifact.name,
    'model.version': artifact.version,
    'model.score': disclosure.tellsScore ? score : undefined,
    'model.prediction': counts.classes[observation.predictedClass],
    'model.reasons.features': reasons?.map(({ feature }) => feature),
    'model.reasons.log_odds': reasons?.map(({ logOdds }) => Math.round(logOdds * 100) / 100),
    'model.features.missing': disclosure.omit(missing),
    'model.features.unseen': disclosure.omit(unseen),
    'model.features.outside_range': disclosure.omit(outsideRange),
  };
  span.setAttributes(attributes);
}

import type { MetricData } from '@opentelemetry/sdk-metrics';
import type { ShadowPair } from '../outcomes/shadow-pairs.ts';
import { instruments } from './instruments.ts';
import { counterData } from './metric-data.ts';

/** Where models and their shadows differ, which was right, and which rows a shadow dropped. */
export function shadowPairMetrics(pairs: readonly ShadowPair[]): MetricData[] {
  return [
    counterData(instruments.agreement, pairs.flatMap(agreementPoints)),
    counterData(instruments.shadowOutcomes, pairs.flatMap(outcomePoints)),
    counterData(instruments.shadowRowsDropped, pairs.flatMap(droppedPoints)),
  ];
}

function labels({ champion, shadow }: ShadowPair) {
  return {
    model: champion.name,
    version: champion.version,
    shadow: shadow.name,
    shadow_version: shadow.version,
  };
}

function agreementPoints(pair: ShadowPair) {
  const own = labels(pair);
  const { classes } = pair.champion;
  return classes.flatMap((prediction, i) =>
    classes.map((shadow_prediction, j) => ({
      attributes: { ...own, prediction, shadow_prediction },
      value: pair.counts.agreement[classes.length * i + j],
    })),
  );
}

function outcomePoints(pair: ShadowPair) {
  const own = labels(pair);
  return Object.entries(pair.counts.right).map(([right, value]) => ({
    attributes: { ...own, right },
    value,
  }));
}

function droppedPoints(pair: ShadowPair) {
  const own = labels(pair);
  return Object.entries(pair.counts.dropped).map(([reason, value]) => ({
    attributes: { ...own, reason },
    value,
  }));
}

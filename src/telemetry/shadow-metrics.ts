import type { MetricData } from '@opentelemetry/sdk-metrics';
import type { ShadowPair, ShadowPairs } from '../outcomes/shadow-pairs.ts';
import { instruments } from './instruments.ts';
import { counterData } from './metric-data.ts';

/** Where models and their shadows differ, and who was right. */
export function shadowPairMetrics(pairs: ShadowPairs): MetricData[] {
  const all = pairs.all();
  return [
    counterData(instruments.agreement, all.flatMap(agreementPoints)),
    counterData(instruments.shadowOutcomes, all.flatMap(outcomePoints)),
  ];
}

function labels({ champion, shadow }: ShadowPair) {
  const { model, version } = champion.performance.reference;
  const { model: shadowName, version: shadowVersion } = shadow.performance.reference;
  return { model, version, shadow: shadowName, shadow_version: shadowVersion };
}

function agreementPoints(pair: ShadowPair) {
  const own = labels(pair);
  const { classes } = pair.champion.performance.reference;
  return classes.flatMap((prediction, i) =>
    classes.map((shadow_prediction, j) => ({
      attributes: { ...own, prediction, shadow_prediction },
      value: pair.counts.agreement[2 * i + j],
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

// Measures the parts of one request in this process, without a server, and prints nanoseconds a call as JSON.
// A garbage collection falls on whatever allocates, as it does in the service.

import { randomBytes } from 'node:crypto';
import { deploy } from '../src/deployments/deployment.ts';
import { type Artifact, loadArtifact } from '../src/model/artifact.ts';
import { createKnownModels } from '../src/outcomes/known-models.ts';
import { createModelFiles } from '../src/outcomes/model-files.ts';
import { createTokens } from '../src/outcomes/token.ts';
import { filePredictor } from '../src/predictors/index.ts';
import { createRandom } from '../src/stats/random.ts';
import { createLogger } from '../src/telemetry/logger.ts';
import { createRequestLog } from '../src/telemetry/request-log.ts';
import { isoTime } from '../src/times/iso-time.ts';
import { drawFromReference } from '../src/traffic/reference-rows.ts';
import { type Figure, summarise } from './figures.ts';
import { scorerOf } from './scorer.ts';
import { creditModel } from './variants/credit-model.ts';
import { widen } from './wide-artifact.ts';

export type PartCost = { readonly part: string; readonly features: number; readonly ns: Figure };

const rowCount = 1024;
const rounds = 9;
const roundMs = 40;

const credit = await loadArtifact(creditModel);
const costs: PartCost[] = [];
for (const features of [3, 30, 300]) {
  costs.push(...measureModel(features === 3 ? credit : widen(credit, features)));
}
console.log(JSON.stringify(costs));

/** What each part costs for one model, over rows that differ. */
function measureModel(artifact: Artifact): PartCost[] {
  const models = createKnownModels({
    files: createModelFiles({ folder: '/dev/null', maxAgeMs: 0, onProblem() {} }),
    maturityMs: 0,
    onKnown() {},
    onProblem() {},
  });
  const deployment = deploy(artifact, { predictor: filePredictor(artifact), sampleValues: 'raw', models });
  const score = scorerOf(artifact);
  const { monitor, validate, formatSample, formatPayload, digest, groups } = deployment;
  const draw = drawFromReference(artifact, createRandom(1));
  const rows = Array.from({ length: rowCount }, draw);
  const texts = rows.map((row) => JSON.stringify(row));
  const scores = rows.map(score);
  const tokens = createTokens([randomBytes(32)]);
  const destination = { write() {}, flushSync() {}, close: async () => {}, droppedLines: 0 };
  const logger = createLogger({ level: 'info', name: 'bench', destination });
  const log = createRequestLog({ logger, destination, sampleRatio: 1 });
  const { bins, outside } = monitor.observe(rows[0], scores[0]);
  const id = tokens.sign(digest, Date.now(), 0.5, 1);
  const logPrediction = (row: (typeof rows)[number], i: number) =>
    log({
      event: 'predict',
      route: '/predict',
      method: 'POST',
      status: 200,
      durationMs: 0.123,
      requestId: id.slice(0, 36),
      prediction: 'good',
      score: scores[i],
      payload: formatPayload(row),
    });
  const parts: Record<string, (i: number) => unknown> = {
    'parse JSON': (i) => JSON.parse(texts[i]),
    validate: (i) => validate(rows[i]),
    score: (i) => score(rows[i]),
    'observe all features and the score': (i) => monitor.observe(rows[i], scores[i]),
    'sample line': (i) =>
      formatSample(isoTime(Date.now()), id, undefined, undefined, rows[i], bins, outside, scores[i], 0),
    'log line': (i) => logPrediction(rows[i], i),
    'sign an id': (i) => tokens.sign(digest, 1_700_000_000_000 + i, scores[i], 1, groups?.numberOf(bins)),
  };
  return Object.entries(parts).map(([part, call]) => ({
    part,
    features: artifact.features.length,
    ns: measureCall(call),
  }));
}

/** Nanoseconds a call: the median of rounds, after some for the compiler. */
function measureCall(call: (i: number) => unknown): Figure {
  let calls = rowCount;
  const round = () => {
    const startedMs = performance.now();
    for (let i = 0; i < calls; i++) call(i % rowCount);
    return performance.now() - startedMs;
  };
  while (round() < roundMs) calls *= 2;
  round();
  return summarise(Array.from({ length: rounds }, () => (round() * 1e6) / calls));
}

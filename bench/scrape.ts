// Serves three versions of a model with 50 features, as after two reloads, and prints as JSON how long a scrape of them
// all blocks the event loop. Started by run.ts with settings for a separate folder.

import { config, telemetry } from '../otel/sdk.ts';
import { writeFileAtomically } from '../src/files/write-file-atomically.ts';
import { formatArtifact, loadArtifact } from '../src/model/artifact.ts';
import { startService } from '../src/start-service.ts';
import { createRandom } from '../src/stats/random.ts';
import { drawFromReference } from '../src/traffic/reference-rows.ts';
import { type Figure, summarise } from './figures.ts';
import { scorerOf } from './scorer.ts';
import { creditModel } from './variants/credit-model.ts';
import { widen } from './wide-artifact.ts';

export type ScrapeCost = {
  readonly features: number;
  readonly versions: number;
  readonly series: number;
  readonly bytes: number;
  /** Longest time in one scrape in which the event loop did nothing else. */
  readonly blockMs: Figure;
  /** Processor time of a whole scrape. */
  readonly cpuMs: Figure;
};

const features = 50;
const versions = 3;
const rowsEach = 2000;
const warmUps = 10;
const scrapes = 30;

const credit = await loadArtifact(creditModel);
const put = (variant: number) =>
  writeFileAtomically(config.MODEL_PATH, formatArtifact(widen(credit, features, variant)));
await put(0);
const { service, reload, stop } = await startService(config, telemetry);
for (let variant = 1; variant <= versions; variant++) {
  const { artifact, monitor } = service.deployments.answering[0];
  const score = scorerOf(artifact);
  const draw = drawFromReference(artifact, createRandom(variant));
  for (let i = 0; i < rowsEach; i++) {
    const row = draw();
    monitor.observe(row, score(row));
  }
  if (variant === versions) break;
  await put(variant);
  await reload();
}

const blocks: number[] = [];
const cpu: number[] = [];
let text = '';
for (let i = -warmUps; i < scrapes; i++) {
  const before = process.cpuUsage();
  const scrape = await measureScrape();
  const { user, system } = process.cpuUsage(before);
  text = scrape.text;
  if (i < 0) continue;
  blocks.push(scrape.blockMs);
  cpu.push((user + system) / 1000);
}
const cost: ScrapeCost = {
  features,
  versions,
  series: text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length,
  bytes: Buffer.byteLength(text),
  blockMs: summarise(blocks),
  cpuMs: summarise(cpu),
};
console.log(JSON.stringify(cost));
await stop();
process.exit(0);

/** Scrapes once, while something else uses the event loop as often as possible. */
async function measureScrape(): Promise<{ text: string; blockMs: number }> {
  let blockMs = 0;
  let isDone = false;
  let tickedMs = performance.now();
  const tick = () => {
    const nowMs = performance.now();
    blockMs = Math.max(blockMs, nowMs - tickedMs);
    tickedMs = nowMs;
    if (!isDone) setImmediate(tick);
  };
  setImmediate(tick);
  const bytes = await service.exposeMetrics('text');
  isDone = true;
  tick();
  return { text: bytes.toString(), blockMs };
}

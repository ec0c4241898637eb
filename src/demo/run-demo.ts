import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Artifact, loadArtifact } from '../model/artifact.ts';
import { createRandom } from '../stats/random.ts';
import { createLabels } from '../traffic/labels.ts';
import type { Row } from '../traffic/request-features.ts';
import { sendRequests } from '../traffic/send-requests.ts';
import { askDrift, askRealised, type Realised, watchDrift } from './ask-service.ts';
import { example, folderPrefix } from './example.ts';
import { freePort } from './free-port.ts';
import { type ServiceProcess, startServiceProcess } from './service-process.ts';
import { describeChange, describeEnd, describeStart, describeSteady, formatSeconds } from './story.ts';
import { tellDetected } from './tell-detected.ts';
import { openWorld } from './world.ts';

/** Enough to tell drift from chance in every feature of the example. */
const firstRequests = 600;
const firstRatePerSecond = 150;
const ratePerSecond = 20;
const labelDelayMs = 1000;

export type DemoOptions = {
  /** How long all is as in training, once there are enough requests to tell. */
  readonly afterMs: number;
  /** Ports of the service, if they are free. */
  readonly port: number;
  readonly adminPort: number;
  /** Ends the demonstration. */
  readonly signal: AbortSignal;
  readonly tell: (lines: readonly string[]) => void;
  /** Shows for a while what goes on; an empty text ends that. */
  readonly show: (text: string) => void;
};

/**
 * Starts a service, sends it requests with outcomes, and changes the world. It ends when the signal says so, and leaves
 * nothing behind.
 *
 * @throws Error when the service does not start, or ends before it is stopped
 */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { port, adminPort, signal, tell } = options;
  const folder = await mkdtemp(join(tmpdir(), folderPrefix));
  try {
    const free = await Promise.all([port, adminPort].map(freePort));
    const service = await startServiceProcess({ folder, port: free[0], adminPort: free[1] });
    try {
      const artifact = await loadArtifact(example.model);
      tell(
        describeStart({
          ...service,
          model: artifact.name,
          takenPorts: [port, adminPort].filter((wanted, i) => free[i] !== wanted),
        }),
      );
      if (!signal.aborted) await tellStory(options, service, artifact);
    } finally {
      await service.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tellStory(
  options: DemoOptions,
  { apiUrl, adminUrl, ended }: ServiceProcess,
  artifact: Artifact,
): Promise<void> {
  const { afterMs, tell } = options;
  const signal = AbortSignal.any([options.signal, ended]);
  const world = await openWorld(artifact);
  const labels = createLabels({
    urls: [new URL(adminUrl)],
    token: undefined,
    delayMs: labelDelayMs,
    share: 1,
    damagedShare: 0,
    outcomeOf: world.outcomeOf,
    random: createRandom(1),
    signal: ended,
  });
  let requests = 0;
  const send = async (what: { rate: number; count?: number; durationMs?: number; next: () => Row }) => {
    const { sent } = await sendRequests({
      urls: [new URL(apiUrl)],
      ratePerSecond: what.rate,
      count: what.count,
      durationMs: what.durationMs,
      signal,
      nextRow: what.next,
      onAnswer: (answer) => labels.take(answer),
    });
    requests += sent;
  };

  await send({ rate: firstRatePerSecond, count: firstRequests, next: world.next });
  let before: Realised | undefined;
  let detectedAfterMs: number | undefined;
  if (!signal.aborted) {
    tell(describeSteady(await askDrift(adminUrl), requests, afterMs));
    const stopShowing = showCountdown(options);
    try {
      await send({ rate: ratePerSecond, durationMs: afterMs, next: world.next });
    } finally {
      stopShowing();
    }
  }
  if (!signal.aborted) {
    before = await askRealised(adminUrl);
    tell([describeChange()]);
    const [, ms] = await Promise.all([
      send({ rate: ratePerSecond, next: world.nextChanged }),
      tellDetected(watchDrift(adminUrl, signal), tell),
    ]);
    detectedAfterMs = ms;
  }
  ended.throwIfAborted();
  await labels.finish();
  const realised = await askRealised(adminUrl);
  tell(
    describeEnd({
      requests,
      realised,
      ...(before && { before }),
      ...(detectedAfterMs !== undefined && { detectedAfterMs }),
    }),
  );
}

/** Shows how long it is until the change. @returns a function that ends it */
function showCountdown({ afterMs, show }: DemoOptions): () => void {
  const endMs = performance.now() + afterMs;
  const timer = setInterval(() => {
    show(`${formatSeconds(endMs - performance.now())} to go`);
  }, 1000);
  return () => {
    clearInterval(timer);
    show('');
  };
}

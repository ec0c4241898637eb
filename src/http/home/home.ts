import { readFileSync } from 'node:fs';
import type { AlertSettings } from '../../alerts/alert-settings.ts';
import { createLiveAlerts } from '../../alerts/live-alerts.ts';
import type { Deployment } from '../../deployments/deployment.ts';
import { learntFromOutcomes } from '../../model/learnt.ts';
import { isScraped } from '../../telemetry/otlp-options.ts';
import { createPauses } from '../../times/pauses.ts';
import { shareRuns } from '../../times/share-runs.ts';
import { modelQuery } from '../pages/page-links.ts';
import { preparePage, type ReadyPage } from '../pages/send-page.ts';
import type { Service } from '../service.ts';
import { fileOptions } from './file-options.ts';
import { judgeVariables, type ModelWatch, overviewOf, verdictOf } from './home-overview.ts';
import { type HomeContents, homePage, homeUpdate } from './home-page.ts';
import type { Dropped } from './home-service.ts';
import type { HomeVerdict } from './home-verdict.ts';
import { createLiveUpdates, type LiveUpdates } from './live-updates.ts';
import { createPsiCharts } from './psi-charts.ts';
import { createRecentRequests } from './recent-requests.ts';
import { describeSegment } from './segment-list.ts';

/** Pages that are to be updated within this time of each other are sent the same figures. */
const freshMs = 1_000;
/** That of the rules is 30 s; a change is to be seen soon. */
const lookMs = 5_000;

const script = readFileSync(new URL('live-page.js', import.meta.url), 'utf8');

/** What of the service the home page shows. */
export type Shown = Pick<
  Service,
  'config' | 'deployments' | 'history' | 'httpMetrics' | 'samples' | 'shadows'
> & {
  readonly alertSettings: AlertSettings;
  readonly droppedLogLines: () => number;
  readonly droppedSpans: () => number;
  /** Told why an open page cannot be kept up to date. */
  readonly onError: (error: unknown) => void;
};

/** The living home page of the admin listener. */
export type Home = {
  /** The page of a model as it is now. */
  page(deployment: Deployment): Promise<ReadyPage>;
  readonly updates: LiveUpdates;
  /** Keeps what the page says of the past, model by model. To be called every five minutes. */
  step(timeMs: number): Promise<void>;
  /** Ends all updates. */
  close(): void;
};

/** What the page of a model shows at one time, written once for all who look. */
type Shot = { readonly page: () => ReadyPage; readonly update: () => string };

/** What is remembered of a model between two pages. */
type Watched = ModelWatch & {
  /** What its page shows, computed after the call. */
  readonly shoot: () => Promise<Shot>;
  /** The same, or the latest if that was begun within `freshMs`: a page is never sent what is older than itself. */
  readonly shootOrShare: () => Promise<Shot>;
  /** For the pages of the other models: up to `freshMs` old. */
  readonly verdict: () => Promise<HomeVerdict>;
};

/**
 * Makes the home page. Its figures are computed when a page is asked for or open, once for all who look, and every five
 * minutes; nothing of it is on the path of a request.
 */
export function createHome(shown: Shown): Home {
  const { config, deployments, history, httpMetrics } = shown;
  const requests = createRecentRequests(httpMetrics);
  const watches = new WeakMap<Deployment, Watched>();
  /** One for all models: what is computed of one after the other must give others a turn, too. */
  const pause = createPauses();
  let last: Promise<unknown> = Promise.resolve();

  /** One model after the other, so that many hold the event loop no longer than one. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  }

  function watchOf(deployment: Deployment): Watched {
    const found = watches.get(deployment);
    if (found !== undefined) return found;
    let latest: { readonly atMs: number; readonly shot: Promise<Shot> } | undefined;
    const shoot = shareRuns(() => {
      const shot = inTurn(() => shootNow(deployment));
      latest = { atMs: performance.now(), shot };
      return shot;
    });
    const watched = {
      ...watch(deployment, shown),
      shoot,
      shootOrShare: () =>
        latest !== undefined && performance.now() - latest.atMs < freshMs ? latest.shot : shoot(),
      verdict: recent(async () => {
        const judged = await judgeVariables(deployment, pause);
        await pause();
        return verdictOf(deployment, judged);
      }, freshMs),
    };
    watches.set(deployment, watched);
    return watched;
  }

  async function shootNow(deployment: Deployment): Promise<Shot> {
    const contents = await compute(deployment);
    return {
      page: recent(() => preparePage(homePage(contents, script))),
      update: recent(() => homeUpdate(contents)),
    };
  }

  async function compute(deployment: Deployment): Promise<HomeContents> {
    const { name } = deployment.artifact;
    const { answering } = deployments;
    await pause();
    const overview = await overviewOf(deployment, watchOf(deployment), Date.now(), pause);
    const others = new Map<Deployment, HomeVerdict>();
    for (const other of answering) {
      await pause();
      if (other !== deployment) others.set(other, await watchOf(other).verdict());
    }
    await pause();
    return {
      overview,
      requests: requests.read(),
      models: {
        answering,
        retired: deployments.retired(),
        defaultName: deployments.default?.artifact.name,
        shadowNames: config.SHADOW_MODELS ?? [],
      },
      dropped: droppedOf(shown, deployment),
      others,
      fileOptions: fileOptions(config, deployments.pathOf(name) ?? config.MODEL_PATH),
      query: modelQuery(name, deployments),
      isScraped: isScraped(config),
    };
  }

  const updates = createLiveUpdates(async (model) => {
    const deployment = deployments.get(model);
    return deployment && (await watchOf(deployment).shootOrShare()).update();
  }, shown.onError);
  return {
    page: async (deployment) => (await watchOf(deployment).shoot()).page(),
    updates,
    async step(timeMs) {
      requests.step();
      for (const deployment of deployments.answering) {
        await pause();
        history.addStep(deployment.monitor, timeMs);
        await pause();
        watchOf(deployment).alerts();
      }
    },
    close: updates.close,
  };
}

/** Computes a value when it is asked for, and again after so many ms. */
function recent<T>(compute: () => T, maxAgeMs = Number.POSITIVE_INFINITY): () => T {
  let last: { readonly atMs: number; readonly value: T } | undefined;
  return () => {
    const atMs = performance.now();
    if (last === undefined || atMs - last.atMs >= maxAgeMs) last = { atMs, value: compute() };
    return last.value;
  };
}

/** The alerts and the charts of a model. */
function watch(deployment: Deployment, { history, alertSettings }: Shown): ModelWatch {
  const { artifact, monitor, performance: outcomes, sinceMs } = deployment;
  const alerts = createLiveAlerts(
    {
      monitor,
      performance: outcomes,
      sinceMs,
      learnt: learntFromOutcomes(artifact),
      describeSegment: (segment) => `where ${describeSegment(segment)}`,
    },
    alertSettings,
  );
  return {
    alerts: recent(() => alerts.look(Date.now()), lookMs),
    chart: createPsiCharts(monitor, history),
  };
}

/** What is lost, since the start: of the service, and of the model. */
function droppedOf(
  { samples, shadows, droppedLogLines, droppedSpans }: Shown,
  { failures, known }: Deployment,
): Dropped[] {
  const sum = (counts: Iterable<number>) => [...counts].reduce((total, count) => total + count, 0);
  const ofShadows = shadows
    .pairs()
    .filter(({ champion, shadow }) => champion === known || shadow === known)
    .map(({ counts }) => sum(Object.values(counts.dropped)));
  return [
    {
      what: 'sample',
      count: sum(Object.values(samples.dropped)),
      advice: 'the log says why; what is counted here is exact all the same',
    },
    { what: 'log line', count: droppedLogLines(), advice: 'they come faster than they are read' },
    { what: 'span', count: droppedSpans(), advice: 'the log says why; traces have gaps' },
    {
      what: 'row without a prediction',
      count: sum(failures.values()),
      advice: 'the model’s predictor failed; the log says why',
    },
    { what: 'row left out by a shadow', count: sum(ofShadows), advice: 'see /performance' },
  ];
}

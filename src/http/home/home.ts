import { readFileSync } from 'node:fs';
import type { AlertSettings } from '../../alerts/alert-settings.ts';
import { createLiveAlerts, type LiveAlert } from '../../alerts/live-alerts.ts';
import type { Deployment } from '../../deployments/deployment.ts';
import { learntFromOutcomes } from '../../model/learnt.ts';
import { liveSegments } from '../../monitor/live-segments.ts';
import { windowNames } from '../../monitor/windows.ts';
import type { Page } from '../../report/render/page-shell.ts';
import { modelQuery } from '../pages/page-links.ts';
import type { Service } from '../service.ts';
import { fileOptions } from './file-options.ts';
import { judgeVariables, type ModelWatch, overviewOf } from './home-overview.ts';
import { type HomeContents, homePage, homeUpdate } from './home-page.ts';
import type { Dropped } from './home-service.ts';
import { homeVerdict } from './home-verdict.ts';
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
};

/** The living home page of the admin listener. */
export type Home = {
  /** The page of a model as it is now. */
  page(deployment: Deployment): Promise<Page>;
  readonly updates: LiveUpdates;
  /** Keeps what the page says of the past. To be called every five minutes. */
  step(timeMs: number): void;
  /** Ends all updates. */
  close(): void;
};

/**
 * Makes the home page. Its figures are computed when a page is asked for or open, once for all who look, and every five
 * minutes; nothing of it is on the path of a request.
 */
export function createHome(shown: Shown): Home {
  const { config, deployments, history, httpMetrics } = shown;
  const requests = createRecentRequests(httpMetrics);
  const watches = new WeakMap<Deployment, ModelWatch>();
  const latest = new WeakMap<
    Deployment,
    { readonly atMs: number; readonly contents: Promise<HomeContents> }
  >();

  function watchOf(deployment: Deployment): ModelWatch {
    const found = watches.get(deployment) ?? watch(deployment, shown);
    watches.set(deployment, found);
    return found;
  }

  async function compute(deployment: Deployment): Promise<HomeContents> {
    const { name } = deployment.artifact;
    return {
      overview: await overviewOf(deployment, watchOf(deployment), Date.now()),
      requests: requests.read(),
      models: {
        answering: deployments.answering,
        retired: deployments.retired(),
        defaultName: deployments.default?.artifact.name,
        shadowNames: config.SHADOW_MODELS ?? [],
      },
      dropped: droppedOf(shown, deployment),
      verdictOf,
      fileOptions: fileOptions(config, deployments.pathOf(name) ?? config.MODEL_PATH),
      query: modelQuery(name, deployments),
    };
  }

  function contentsOf(deployment: Deployment, maxAgeMs: number): Promise<HomeContents> {
    const found = latest.get(deployment);
    const atMs = performance.now();
    if (found !== undefined && atMs - found.atMs < maxAgeMs) return found.contents;
    const contents = compute(deployment);
    latest.set(deployment, { atMs, contents });
    return contents;
  }

  const updates = createLiveUpdates(async (model) => {
    const deployment = deployments.get(model);
    if (deployment === undefined) throw new Error(`${model} answers no more`);
    return homeUpdate(await contentsOf(deployment, freshMs));
  });
  return {
    page: async (deployment) => homePage(await contentsOf(deployment, 0), script),
    updates,
    step(timeMs) {
      requests.step();
      history.addStep(
        deployments.answering.map(({ monitor }) => monitor),
        timeMs,
      );
      for (const deployment of deployments.answering) watchOf(deployment).alerts();
    },
    close: updates.close,
  };
}

/** What is remembered of a model between two pages. */
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
  let looked: { readonly atMs: number; readonly alerts: readonly LiveAlert[] } | undefined;
  return {
    alerts() {
      const atMs = performance.now();
      if (looked === undefined || atMs - looked.atMs >= lookMs) {
        looked = { atMs, alerts: alerts.look(Date.now()) };
      }
      return looked.alerts;
    },
    chart: createPsiCharts(monitor, history),
  };
}

/** The verdict alone. */
function verdictOf(deployment: Deployment) {
  const { monitor } = deployment;
  const { variables, decisive } = judgeVariables(deployment);
  return homeVerdict({
    variables,
    decisive,
    slowDrift: monitor.slowDrift().variables,
    segments: liveSegments(monitor, windowNames[decisive]),
  });
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

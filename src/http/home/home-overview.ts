import type { LiveAlert } from '../../alerts/live-alerts.ts';
import type { Deployment } from '../../deployments/deployment.ts';
import { learntFromOutcomes } from '../../model/learnt.ts';
import { judgeTrust, type Trust } from '../../monitor/estimate-trust.ts';
import type { LiveDrift } from '../../monitor/live-drift.ts';
import { type LivePerformance, livePerformance } from '../../monitor/live-performance.ts';
import { type LiveSegment, windowSegments } from '../../monitor/live-segments.ts';
import type { VariableLayout } from '../../monitor/monitor.ts';
import type { LiveSlowDrift } from '../../monitor/slow-drift-watch.ts';
import { windowNames } from '../../monitor/windows.ts';
import type { Html } from '../../report/render/html.ts';
import { compareImportance } from '../../stats/effect.ts';
import type { Pause } from '../../times/pauses.ts';
import { driftInTurns, type JudgedWindow } from '../drift-in-turns.ts';
import { chartedOf } from './home-features.ts';
import { type HomeVerdict, homeVerdict } from './home-verdict.ts';
import type { PsiCharts } from './psi-charts.ts';

/** One variable over all windows, the shortest first, and over the last day. */
export type WatchedVariable = {
  readonly variable: VariableLayout;
  /** Its place in `monitor.variables`. */
  readonly place: number;
  readonly drifts: readonly LiveDrift[];
};

/** What the home page says of one model as it is now. */
export type Overview = {
  readonly deployment: Deployment;
  readonly nowMs: number;
  /** The features by what matters most in the decisive window, then the score. */
  readonly variables: readonly WatchedVariable[];
  /** The place in `windowNames` of the shortest window that shows drift; of the longest where none does. */
  readonly decisive: number;
  readonly segments: readonly LiveSegment[];
  readonly slowDrift: readonly LiveSlowDrift[];
  readonly alerts: readonly LiveAlert[];
  /** Over the last day. */
  readonly performance: LivePerformance;
  /** Of what is estimated; `null` where nothing is. */
  readonly trust: Trust | null;
  /** PSI over time, by the place of the variable in `monitor.variables`. */
  readonly charts: ReadonlyMap<number, Html>;
};

/** What of a model the overview needs, made once. */
export type ModelWatch = { readonly alerts: () => readonly LiveAlert[]; readonly chart: PsiCharts };

/**
 * @param pause gives others their turns of the event loop, however many features there are
 */
export async function overviewOf(
  deployment: Deployment,
  watch: ModelWatch,
  nowMs: number,
  pause: Pause,
): Promise<Overview> {
  const { monitor, performance, artifact } = deployment;
  const { variables, decisive, windows } = await judgeVariables(deployment, pause);
  await pause();
  const alerts = watch.alerts();
  await pause();
  const segments = windowSegments(monitor, windows[decisive].counts);
  const charts = new Map<number, Html>();
  for (const variable of chartedOf(variables)) {
    await pause();
    const chart = watch.chart(variable, nowMs);
    if (chart !== '') charts.set(variable.place, chart);
  }
  await pause();
  const learnt = learntFromOutcomes(artifact);
  const trust =
    learnt === undefined
      ? null
      : judgeTrust(performance.cells, performance.window('24h'), learnt.bins, monitor, monitor.window('24h'));
  return {
    deployment,
    nowMs,
    variables,
    decisive,
    segments,
    slowDrift: monitor.slowDrift().variables,
    alerts,
    performance: livePerformance(performance, learnt?.bins, '24h'),
    trust,
    charts,
  };
}

/** The drift of all variables in all windows, and which window decides. */
export type Judged = {
  /** As in an `Overview`. */
  readonly variables: readonly WatchedVariable[];
  readonly decisive: number;
  /** In the order of `windowNames`. */
  readonly windows: readonly JudgedWindow[];
};

/** Judges all variables in all windows at one moment. */
export async function judgeVariables(
  { monitor }: Pick<Deployment, 'monitor'>,
  pause: Pause,
): Promise<Judged> {
  const windows = await driftInTurns(monitor, pause);
  const all: WatchedVariable[] = monitor.variables.map((variable, place) => ({
    variable,
    place,
    drifts: windows.map(({ drifts }) => drifts[place]),
  }));
  const drifting = windowNames.findIndex((_, i) =>
    all.some(({ drifts }) => drifts[i].verdict === 'drifting'),
  );
  const decisive = drifting === -1 ? windowNames.length - 1 : drifting;
  const features = all.slice(0, -1).sort((a, b) => compareImportance(a.drifts[decisive], b.drifts[decisive]));
  return { variables: [...features, ...all.slice(-1)], decisive, windows };
}

/** The verdict alone. */
export function verdictOf({ monitor }: Pick<Deployment, 'monitor'>, judged: Judged): HomeVerdict {
  return homeVerdict({
    ...judged,
    slowDrift: monitor.slowDrift().variables,
    segments: windowSegments(monitor, judged.windows[judged.decisive].counts),
  });
}

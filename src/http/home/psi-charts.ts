import { historyStepMs } from '../../history/drift-steps.ts';
import type { DriftHistory } from '../../history/open-drift-history.ts';
import type { Monitor } from '../../monitor/monitor.ts';
import { windowNames } from '../../monitor/windows.ts';
import type { Html } from '../../report/render/html.ts';
import { overTimeChart } from '../../report/render/page-charts.ts';
import type { WatchedVariable } from './home-overview.ts';
import { nameInText } from './segment-list.ts';

/** With fewer steps, the chart of an hour at most, the present is the last point of it. */
const shortSteps = 12;
const hourMs = 3_600_000;
const hourPlace = windowNames.indexOf('1h');

/** Draws the PSI over time of one variable; nothing where there is none yet. */
export type PsiCharts = (variable: WatchedVariable, nowMs: number) => Html | '';

/** Makes the charts of one model. One of a whole day is redrawn when it has a new step. */
export function createPsiCharts(
  monitor: Monitor,
  history: Pick<DriftHistory, 'psiOverTime' | 'latestMs'>,
): PsiCharts {
  const drawn = new Map<number, { readonly latestMs: number; readonly chart: Html }>();
  return ({ variable: { name }, place, drifts }, nowMs) => {
    const latestMs = history.latestMs(monitor);
    const found = drawn.get(place);
    if (found !== undefined && found.latestMs === latestMs) return found.chart;
    const steps = history.psiOverTime(monitor, place, nowMs);
    const isShort = steps.length < shortSteps;
    const present = { ...drifts[hourPlace], from: new Date(nowMs - historyStepMs).toISOString() };
    const overTime = isShort ? [...steps, present] : steps;
    if (overTime.every(({ psi }) => psi === null)) return '';
    const startMs = Math.min(nowMs - hourMs, Date.parse(overTime[0].from));
    const chart = overTimeChart({ name: nameInText(name), overTime }, historyStepMs / 1000, startMs);
    if (!isShort && latestMs !== undefined) drawn.set(place, { latestMs, chart });
    return chart;
  };
}

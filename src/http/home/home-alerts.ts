import type { LiveAlertName } from '../../alerts/live-alert-timings.ts';
import type { LiveAlert } from '../../alerts/live-alerts.ts';
import { ownCommand } from '../../files/own-file.ts';
import { type Html, html } from '../../report/render/html.ts';
import { formatAmount, formatCount, formatPsi, formatShare } from '../../text/format.ts';
import type { FileOptions } from './file-options.ts';
import type { Overview } from './home-overview.ts';
import { command, nextStep } from './next-step.ts';
import { nameInText } from './segment-list.ts';

const psi = (value: number) => `PSI ${formatPsi(value)}`;
const evidence = (value: number) => `the bets on it have won ${formatCount(Math.round(value))}`;

/** What an alert says, given what it is about and its value. */
const sentences: Readonly<Record<LiveAlertName, (about: string, value: number) => string>> = {
  ModelFeatureDrift: (about, value) => `${about} has drifted: ${psi(value)}`,
  ModelFeatureDriftEarly: (about, value) => `${about} is drifting: ${psi(value)} in the last hour`,
  ModelFeatureDriftFast: (about, value) => `${about} changed abruptly: ${psi(value)} in ten minutes`,
  ModelScoreDrift: (_, value) => `the scores have drifted: ${psi(value)}`,
  ModelFeatureMissing: (about, value) => `${formatShare(value)} of ${about} is missing`,
  ModelFeatureUnseen: (about, value) => `${formatShare(value)} of ${about} is of no known category`,
  ModelFeatureOutsideRange: (about, value) =>
    `${formatShare(value)} of ${about} lies outside the range of the reference`,
  ModelDriftSlow: (about, value) =>
    `${nameInText(about)} drifts slowly, or on few requests: ${evidence(value)}`,
  ModelDriftBroad: (_, value) => `${formatShare(value)} of the features drift together`,
  ModelSegmentDrift: (about, value) => `${about}: ${psi(value)}`,
  ModelOutcomesUnexpected: (_, value) =>
    `outcomes are not as expected: ${value.toFixed(1)} standard deviations off`,
  ModelCalibrationBroken: (_, value) => `the scores are no longer probabilities: χ² ${value.toFixed(1)}`,
  ModelPerformanceBelowCrossValidated: (about, value) =>
    `${about} has fallen to ${value.toFixed(2)}, below that on held-out rows`,
  ModelPerformanceEstimatedFalling: (about, value) =>
    `${about} is expected to be ${value.toFixed(2)}, below that on held-out rows`,
  ModelScoreMeanShifted: (_, value) =>
    `the mean score has shifted: ${formatShare(value)} positives are to be expected`,
  ModelOutcomesSlowlyUnexpected: (_, value) =>
    `outcomes are not as expected, seen over weeks: ${evidence(value)}`,
};

/** The alerts that the rules would raise by what this replica has counted. */
export function alertSection(overview: Overview, { drift }: FileOptions): Html {
  return html`<h2 id="alerts">Which alerts would fire?</h2>
${overview.alerts.length === 0 ? html`<p>None.</p>` : html`<ul class="alerts">${items(overview)}</ul>`}
<p class="quiet">By the conditions, thresholds and waiting times of the Prometheus rules, on this replica alone. Prometheus knows more: all replicas, the same hour yesterday and last week, and what is not about a model (availability, latency, rejected inputs, lost telemetry).</p>
${nextStep(html`What to do about each: <a href="/runbook">the runbook</a>. See when they would have fired before: ${command(`${ownCommand('drift')} ${drift} --backtest`)}`)}`;
}

/** How many fire, and how many are about to. */
export function countAlerts(alerts: readonly LiveAlert[]): { text: string; detail: string | null } {
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  const pending = alerts.length - firing;
  return {
    text: firing === 0 ? 'None' : formatCount(firing),
    detail: pending === 0 ? null : `${formatCount(pending)} pending`,
  };
}

/** One line for each alert and state, however many features it is about. */
function items({ alerts, nowMs }: Pick<Overview, 'alerts' | 'nowMs'>): Html[] {
  const groups = Map.groupBy(alerts, ({ name, state }) => `${state} ${name}`);
  return [...groups.values()].map((group) => item(group, nowMs));
}

function item([first, ...others]: readonly LiveAlert[], nowMs: number): Html {
  const { name, severityLabel, about, value, state, sinceMs } = first;
  const sign = state === 'firing' ? '▲' : '◷';
  const minutes = Math.floor((nowMs - sinceMs) / 60_000);
  const since = minutes < 1 ? 'for less than a minute' : `for ${formatAmount(minutes, 'minute')}`;
  const more =
    others.length === 0
      ? ''
      : html`. <details id="${state}-${name}"><summary>${formatAmount(others.length, 'other')}</summary><ul>${others.map((other) => html`<li>${sentences[name](other.about ?? '', other.value)}</li>`)}</ul></details>`;
  return html`<li><span class="badge ${state === 'firing' ? 'drifting' : 'undetermined'}"><span aria-hidden="true">${sign} </span>${state}</span> <a href="/runbook#${name.toLowerCase()}"><strong>${name}</strong></a> ${severityLabel}, ${since}: ${sentences[name](about ?? '', value)}${more}</li>`;
}

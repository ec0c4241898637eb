import type { Subject } from './distance-rules.ts';
import { promql } from './promql.ts';
import type { Scales } from './rule-settings.ts';
import type { RuleWindow } from './window-rules.ts';

/**
 * PSI above `minPsi` and the ceiling: the test of alerts that `driftRule` in `src/stats` states.
 *
 * @param matcher further matchers, if any
 */
export function drifting(
  prefix: Subject['prefix'],
  window: RuleWindow,
  { thresholds }: Scales,
  matcher = '',
): string {
  return promql`
    ${prefix}:psi{${[`window="${window}"`, matcher].filter((text) => text !== '').join(', ')}}
      > clamp_min(${prefix}:psi_alert_ceiling, ${thresholds.minPsi})`;
}

export function enoughRequests(
  prefix: Subject['prefix'],
  window: Exclude<RuleWindow, '7d'>,
  { requests, thresholds }: Scales,
): string {
  return `${prefix}:observations:increase >= ${requests(thresholds.minRequests[window])}`;
}

/** The same time a day or a week earlier that looked like this one explains it: season, not drift. */
export function unlessSeason({ prefix, by }: Pick<Subject, 'prefix' | 'by'>, { thresholds }: Scales): string {
  return promql`
    unless on (${by}, window)
      ${prefix}:psi_to_earlier
        <= clamp_min(${prefix}:psi_to_earlier_alert_ceiling, ${thresholds.minPsi})`;
}

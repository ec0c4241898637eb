import { promql } from './promql.ts';

/** The windows of lasting changes: both see every hour of a day, so that neither takes the night for drift. */
export type DayOrWeek = '24h' | '7d';

/**
 * A condition on the last 24 h or on the last week. The day sees a large change soon, the week a smaller one: more
 * traffic never finds less.
 *
 * The result has one series however many windows the condition holds in, without the label `window`. So what is found
 * in both windows is one alert, and an alert that the day raised goes on, neither resolved nor pending again, while
 * only the week still shows it.
 *
 * @param aggregate combines the two windows, such as `max by (model, version)`: the larger value
 * @param condition gives the condition for one window
 */
export function onDayOrWeek(aggregate: string, condition: (window: DayOrWeek) => string): string {
  return promql`
    ${aggregate} (
      (
        ${condition('24h')}
      )
      or
      (
        ${condition('7d')}
      )
    )`;
}

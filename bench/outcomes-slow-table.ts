import { grouped, percent, table } from './markdown.ts';
import { slowUnchanged } from './outcomes-plan.ts';
import type { SlowAlarms } from './outcomes-slow.ts';
import { type WorldName, worlds } from './outcomes-worlds.ts';

/** What the daily bets find, as Markdown. */
export function slowOutcomes(alarms: readonly SlowAlarms[]): string {
  const unchanged = new Set<WorldName>(Object.values(slowUnchanged).flat());
  const isUnchanged = ({ world }: SlowAlarms) => unchanged.has(world);
  return [
    '### Small models',
    'ModelOutcomesSlowlyUnexpected, whose bets are settled every day. Models in the world that they learnt from, or with a different mix of cases whose risk is unchanged: the share for which there was a false alarm within so many days.',
    falseAlarms(alarms.filter(isUnchanged)),
    'Outcomes that change on the first day: the share of models for which this is detected within so many days, and the median day; for comparison, ModelOutcomesUnexpected over the last 7 days, checked every day.',
    found(alarms.filter((each) => !isUnchanged(each))),
  ].join('\n\n');
}

function falseAlarms(alarms: readonly SlowAlarms[]): string {
  return table(
    ['world', 'M', 'outcomes a day', 'models', 'days', 'false alarms'],
    alarms.map(({ slow, ...each }) => [...job(each), percent(slow.share)]),
  );
}

function found(alarms: readonly SlowAlarms[]): string {
  return table(
    [
      'change',
      'M',
      'outcomes a day',
      'models',
      'days',
      'OutcomesSlowlyUnexpected',
      'median day',
      'OutcomesUnexpected, 7 d',
      'median day',
    ],
    alarms.map(({ slow, week, ...each }) => [
      ...job(each),
      ...[slow, week].flatMap(({ share, medianDay }) => [
        percent(share),
        medianDay === null ? `> ${grouped(each.days)}` : grouped(medianDay),
      ]),
    ]),
  );
}

function job({ world, rows, perDay, models, days }: Omit<SlowAlarms, 'slow' | 'week'>): string[] {
  return [worlds[world].title, ...[rows, perDay, models, days].map(grouped)];
}

import { grouped, percent, table } from './markdown.ts';
import { type Alarms, shareAt, usualLookEvery } from './outcomes-alarms.ts';
import type { BinnedAuc } from './outcomes-auc.ts';
import type { DayAlarms } from './outcomes-days.ts';
import { dailyWorlds, falseAlarmColumns, type JobResult, powerColumns } from './outcomes-plan.ts';
import { slowOutcomes } from './outcomes-slow-table.ts';
import { type Test, type TestName, testNames, tests } from './outcomes-tests.ts';
import {
  conceptDrift,
  covariateDrift,
  rarePositives,
  type World,
  type WorldName,
  worlds,
} from './outcomes-worlds.ts';

const alerts = testNames.filter((name) => 'alert' in tests[name]);

/** The alerts on outcomes, each preceded by what it would be if rows were independent and no change too small. */
const daily: readonly { readonly title: string; readonly test: TestName }[] = [
  { title: 'OutcomesUnexpected, rows as independent', test: 'unexpected, rows apart' },
  { title: 'OutcomesUnexpected', test: 'unexpected' },
  { title: 'CalibrationBroken', test: 'uncalibrated' },
  { title: 'PerformanceBelowCrossValidated, rows as independent', test: 'realised, rows apart' },
  { title: 'PerformanceBelowCrossValidated', test: 'realised' },
];

/** The measurements as Markdown. */
export function renderTables(results: readonly JobResult[]): string {
  const alarms = results.flatMap((result) => (result.kind === 'growing' ? result.alarms : []));
  const dayAlarms = results.flatMap((result) => (result.kind === 'days' ? result.alarms : []));
  const slowAlarms = results.flatMap((result) => (result.kind === 'slow' ? result.alarms : []));
  const areas = results.flatMap((result) => (result.kind === 'auc' ? result.auc : []));
  const usual = alarms.filter(({ world }) => !(world in rarePositives));
  const rare = alarms.filter(({ world }) => world in rarePositives);
  const modelCounts = new Map(usual.map(({ rows, models }) => [rows, models]));
  const drawn = [...modelCounts].map(([rows, models]) => `${models} with M = ${grouped(rows)}`).join(', ');
  const most = Math.max(...falseAlarmColumns);
  const sizes = [...modelCounts.keys()];
  return [
    '### False alarms',
    `Models (${drawn}) in the world that they learnt from, so every alarm is false: for how many of them a test fires at N outcomes; at how many of all checks, one after every ${usualLookEvery} outcomes up to ${grouped(most)}; and for how many models it has fired at least once by then. V, E, U and z are defined [above](#observed-against-expected), and s is the standard error.`,
    falseAlarms(usual, sizes),
    '### Rare positives',
    'Models that learn from a world in which few cases turn out bad, and stay in it: the same as in the table above, for the alerts, and for the comparison of accuracy and AUC without its precautions.',
    rareFalseAlarms(rare),
    `The AUC of ${grouped(areas[0].rows)} scores, computed from the scores, from the bins that training makes and from 50 bins of equal width: the mean of ${areas[0].draws} draws; in brackets the largest difference from the AUC of the scores; and the mean bound.`,
    overBins(areas),
    '### Changes that are detected',
    'The same features have come to mean a different risk: the share of models whose alert fires at N outcomes.',
    found(usual, conceptDrift, sizes),
    'The mix of cases changes, but the risk of each case does not. OutcomesUnexpected and CalibrationBroken are false alarms here. The other two alerts are right where cases are harder to decide, which they are not when the shares of good and bad cases are swapped.',
    found(usual, covariateDrift, sizes),
    '### Outcomes that are not independent',
    'Applicants are sent three times, with the same outcome each time; or each day moves the odds of all its outcomes a little, up or down, without any drift. The share of days and of weeks for which a test fires. “Rows as independent” is the test without its design effect and without a minimum effect.',
    onDays(dayAlarms),
    slowOutcomes(slowAlarms),
  ].join('\n\n');
}

function falseAlarms(alarms: readonly Alarms[], sizes: readonly number[]): string {
  const rows = sizes.flatMap((rows) =>
    testNames.map((name) => {
      const cell = find(alarms, rows, 'training', name);
      const { title, alert }: Test = tests[name];
      return [
        alert ?? '',
        title,
        grouped(rows),
        ...falseAlarmColumns.map((outcomes) => percent(shareAt(cell, outcomes))),
        percent(cell.ofLooks),
        percent(cell.ofModels),
      ];
    }),
  );
  const columns = falseAlarmColumns.map((outcomes) => `N = ${grouped(outcomes)}`);
  return table(['alert', 'test', 'M', ...columns, 'all checks', 'models'], rows);
}

function rareFalseAlarms(alarms: readonly Alarms[]): string {
  const shown = new Set<TestName>([...alerts, 'realised, rows apart']);
  const rows = alarms
    .filter(({ test }) => shown.has(test))
    .map((cell) => {
      const { title, alert = title }: Test = tests[cell.test];
      return [
        worlds[cell.world].title,
        grouped(cell.rows),
        grouped(cell.models),
        alert,
        ...falseAlarmColumns.map((outcomes) => percent(shareAt(cell, outcomes))),
        percent(cell.ofLooks),
        percent(cell.ofModels),
      ];
    });
  const columns = falseAlarmColumns.map((outcomes) => `N = ${grouped(outcomes)}`);
  return table(['world', 'M', 'models followed', 'alert or test', ...columns, 'all checks', 'models'], rows);
}

function overBins(areas: readonly BinnedAuc[]): string {
  const rows = areas.map(({ world, exact, quantile, equalWidth }) => [
    worlds[world].title,
    exact.toFixed(3),
    ...[quantile, equalWidth].flatMap(({ value, largestError, bound }) => [
      `${value.toFixed(3)} (${largestError.toFixed(4)})`,
      bound.toFixed(3),
    ]),
  ]);
  return table(['world', 'AUC', 'over bins', 'bound', 'over 50 of equal width', 'its bound'], rows);
}

function found(
  alarms: readonly Alarms[],
  drifts: Readonly<Partial<Record<WorldName, World>>>,
  sizes: readonly number[],
): string {
  const rows = Object.entries(drifts).flatMap(([world, { title }]) =>
    sizes.map((rows) => [
      title,
      grouped(rows),
      ...alerts.flatMap((name) => {
        const cell = find(alarms, rows, world as WorldName, name);
        return powerColumns.map((outcomes) => percent(shareAt(cell, outcomes)));
      }),
    ]),
  );
  const columns = alerts.flatMap((name) => {
    const { alert = '' }: Test = tests[name];
    return powerColumns.map((outcomes) => `${alert.replace('Model', '')}, N = ${grouped(outcomes)}`);
  });
  return table(['change', 'M', ...columns], rows);
}

function onDays(alarms: readonly DayAlarms[]): string {
  const sizes = [...new Map(alarms.map(({ rows, perDay }) => [rows, perDay]))].sort(([a], [b]) => a - b);
  const rows = dailyWorlds.flatMap((world) =>
    sizes.map(([rows, perDay]) => [
      worlds[world].title,
      grouped(rows),
      grouped(perDay),
      ...daily.flatMap(({ test }) => {
        const cell = find(alarms, rows, world, test);
        return [percent(cell.days), percent(cell.weeks)];
      }),
    ]),
  );
  const columns = daily.flatMap(({ title }) => [`${title}: days`, 'weeks']);
  return table(['world', 'M', 'outcomes a day', ...columns], rows);
}

function find<Each extends Pick<Alarms, 'rows' | 'world' | 'test'>>(
  alarms: readonly Each[],
  rows: number,
  world: WorldName,
  test: TestName,
): Each {
  const cell = alarms.find((one) => one.rows === rows && one.world === world && one.test === test);
  if (cell === undefined) throw new Error(`nothing was measured for ${test} in the world ${world}`);
  return cell;
}

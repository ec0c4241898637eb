import { grouped, percent, table } from './markdown.ts';
import { type Alarms, type Job, lookEvery } from './outcomes-alarms.ts';
import { type Test, type TestName, testNames, tests } from './outcomes-tests.ts';
import { conceptDrift, covariateDrift, type World, worlds } from './outcomes-worlds.ts';

/** Outcomes for which a column is printed. */
export const falseAlarmColumns = [300, 1000, 10_000, 50_000];
export const powerColumns = [1000, 10_000];

const alerts = testNames.filter((name) => 'alert' in tests[name]);

/** What is drawn for the tables, a job for each number of training rows. */
export function planJobs(models: Readonly<Record<number, number>>): Job[] {
  const outcomes = Object.fromEntries(
    Object.keys(worlds).map((world) => [
      world,
      Math.max(...(world === 'training' ? falseAlarmColumns : powerColumns)),
    ]),
  );
  return Object.entries(models).map(([rows, count], i) => ({
    rows: Number(rows),
    models: count,
    outcomes,
    seed: i + 1,
  }));
}

/** The measurements as Markdown. */
export function renderTables(alarms: readonly Alarms[]): string {
  const modelCounts = new Map(alarms.map(({ rows, models }) => [rows, models]));
  const drawn = [...modelCounts].map(([rows, models]) => `${models} with M = ${grouped(rows)}`).join(', ');
  const most = Math.max(...falseAlarmColumns);
  return [
    '### False alarms',
    `Models (${drawn}) in the very world they learnt from: how many of them a test accuses at N outcomes; at how many of all looks, one after every ${lookEvery} outcomes up to ${grouped(most)}; and how many it has accused at least once by then.`,
    falseAlarms(alarms, [...modelCounts.keys()]),
    '### Changes that are found',
    'The same features have come to mean another risk: the share of models whose alert fires at N outcomes.',
    found(alarms, conceptDrift, [...modelCounts.keys()]),
    'Other cases come, and each means the risk that it always meant. OutcomesUnexpected and CalibrationBroken are false alarms here; the other two are right, for such cases are harder to decide.',
    found(alarms, covariateDrift, [...modelCounts.keys()]),
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
        ...falseAlarmColumns.map((outcomes) => percent(cell.at(outcomes))),
        percent(cell.ofLooks),
        percent(cell.ofModels),
      ];
    }),
  );
  const columns = falseAlarmColumns.map((outcomes) => `N = ${grouped(outcomes)}`);
  return table(['alert', 'test', 'M', ...columns, 'all looks', 'models'], rows);
}

function found(
  alarms: readonly Alarms[],
  drifts: Readonly<Record<string, World>>,
  sizes: readonly number[],
): string {
  const rows = Object.entries(drifts).flatMap(([world, { title }]) =>
    sizes.map((rows) => [
      title,
      grouped(rows),
      ...alerts.flatMap((name) => {
        const cell = find(alarms, rows, world, name);
        return powerColumns.map((outcomes) => percent(cell.at(outcomes)));
      }),
    ]),
  );
  const columns = alerts.flatMap((name) => {
    const { alert = '' }: Test = tests[name];
    return powerColumns.map((outcomes) => `${alert.replace('Model', '')}, N = ${grouped(outcomes)}`);
  });
  return table(['change', 'M', ...columns], rows);
}

function find(alarms: readonly Alarms[], rows: number, world: string, test: TestName): Alarms {
  const cell = alarms.find((one) => one.rows === rows && one.world === world && one.test === test);
  if (cell === undefined) throw new Error(`nothing was measured for ${test} in the world ${world}`);
  return cell;
}

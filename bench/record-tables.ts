import { formatFigure, formatNumber } from './figures.ts';
import { formatLimit, type Goal, goals, meets } from './goals.ts';
import { table } from './markdown.ts';
import type { RecordedFigure, RecordedRun } from './record.ts';
import { bareKoa, others, unwatched, vigia } from './variants.ts';

/** Days on which the current service has to be measured before its figures are more than a first impression. */
const enoughDays = 3;

const variants = [unwatched, ...[0, 0.01, 0.1, 1].map((ratio) => vigia('', ratio)), bareKoa, ...others('')];

/** A variant by its label and its key. */
function nameOf(key: string): string {
  const variant = variants.find((one) => one.key === key);
  return variant === undefined ? key : `${variant.label} (${key})`;
}

/** How many runs there are, on how many days, and what cannot be concluded if there are too few. */
export function describeRuns(runs: readonly RecordedRun[]): string {
  const present = runs.filter(({ earlier }) => earlier === undefined);
  const earlier = runs.length - present.length;
  const sentences = [`The record holds ${plural(runs.length, 'run')} on ${plural(countDays(runs), 'day')}.`];
  if (earlier > 0) {
    const which = earlier === runs.length ? 'All' : earlier;
    sentences.push(`${which} of them, marked †, measured an earlier version of the service.`);
  }
  const days = countDays(present);
  if (days < enoughDays) {
    const recorded = days === 0 ? 'has not been recorded yet' : `was recorded on ${plural(days, 'day')}`;
    sentences.push(
      `The present version ${recorded}. Fewer than three days are recorded, so how far its figures vary is not known.`,
    );
  }
  return sentences.join(' ');
}

/** All figures with their goals and how many runs of the current service met them. */
export function goalTable(runs: readonly RecordedRun[]): string {
  return table(
    ['figure', 'goal', 'results of the runs', 'met'],
    goals.map((goal) => [goal.what, formatLimit(goal), valuesOf(runs, goal), countMet(runs, goal)]),
  );
}

/** How the values in the tables are written. */
export const legend =
  'Each value is the median of one run’s rounds, lowest first. The brackets give the wake-up cost of the host during that run in µs (– where it was not measured).';

/** When, where and with what cost of waking a reader each run was made. */
export function runsTable(runs: readonly RecordedRun[]): string {
  const reasons = new Set(runs.flatMap(({ earlier }) => earlier ?? []));
  return [tableOfRuns(runs), ...[...reasons].map((reason) => `† Measured ${reason}.`)].join('\n\n');
}

function tableOfRuns(runs: readonly RecordedRun[]): string {
  return table(
    ['date', 'host', 'commit', 'rounds', 'write to a sleeping reader, µs', 'to one that is awake, µs'],
    runs.map(({ date, host, commit, rounds, wakeUp, earlier }) => [
      `${date}${mark(earlier)}`,
      host,
      commit,
      String(rounds),
      wakeUp ? formatFigure(wakeUp.asleepMicros, 1) : '–',
      wakeUp ? formatFigure(wakeUp.awakeMicros, 1) : '–',
    ]),
  );
}

/** Processor time per request of every variant that a run has measured. */
export function cpuTable(runs: readonly RecordedRun[]): string {
  const measured = variants.filter(({ key }) => runs.some(({ cpuMicros }) => key in cpuMicros));
  return table(
    ['id', 'variant', 'µs of processor time per request'],
    measured.map(({ key, label }) => [key, label, listValues(runs, ({ cpuMicros }) => cpuMicros[key], 0)]),
  );
}

/** Where the processor time of a request goes, according to the latest run of the current service. */
export function profileTable(runs: readonly RecordedRun[]): string {
  const run = runs.findLast(({ earlier, profiles }) => earlier === undefined && profiles !== undefined);
  if (!run) return 'No run of the present version has been recorded yet.';
  const { cpuMicros, profiles = {} } = run;
  const keys = Object.keys(profiles);
  const parts = [...new Set(keys.flatMap((key) => Object.keys(profiles[key])))];
  const micros = (key: string, share = 0) => share * cpuMicros[key].median;
  const rows = parts
    .map((part) => ({ part, micros: keys.map((key) => micros(key, profiles[key][part])) }))
    .sort((a, b) => Math.max(...b.micros) - Math.max(...a.micros))
    .map(({ part, micros }) => [part, ...micros.map((value) => formatNumber(value, 1))]);
  const total = ['all', ...keys.map((key) => formatNumber(micros(key, 1), 1))];
  const head = ['µs of processor time per request', ...keys.map(nameOf)];
  return `Run of ${run.date}, commit ${run.commit}:\n\n${table(head, [...rows, total])}`;
}

/** What watching costs, in a sentence or two, from the figures of one run. */
export function headline(figures: RecordedRun['figures']): string {
  const { 'watching-micros': micros, 'watching-percent': share, 'traced-micros': traced } = figures;
  if (!micros || !share || !traced) return 'The run did not measure what watching costs.';
  return `Untraced, watching costs ${formatFigure(micros, 1)} µs of processor time a request: ${formatFigure(share, 0)} % of what the same service takes unwatched. A traced request costs ${formatFigure(traced, 0)} µs more.`;
}

function valuesOf(runs: readonly RecordedRun[], { key, digits }: Goal): string {
  return listValues(runs, ({ figures }) => figures[key], digits);
}

function listValues(
  runs: readonly RecordedRun[],
  pick: (run: RecordedRun) => RecordedFigure | undefined,
  digits: number,
): string {
  const values = runs.flatMap((run) => {
    const figure = pick(run);
    return figure ? [{ run, value: figure.median }] : [];
  });
  if (values.length === 0) return 'not measured yet';
  return values
    .sort((a, b) => a.value - b.value)
    .map(({ run, value }) => `${formatNumber(value, digits)}${mark(run.earlier)} [${wakeUpCost(run)}]`)
    .join(' · ');
}

/** How much waking the reader adds to a write. */
function wakeUpCost({ wakeUp }: RecordedRun): string {
  return wakeUp ? (wakeUp.asleepMicros.median - wakeUp.awakeMicros.median).toFixed(0) : '–';
}

function countMet(runs: readonly RecordedRun[], goal: Goal): string {
  const verdicts = runs
    .filter(({ earlier, figures }) => earlier === undefined && goal.key in figures)
    .map(({ figures }) => meets(goal, figures[goal.key].median));
  if (verdicts.length === 0) return '–';
  return `${verdicts.filter((isMet) => isMet).length} of ${plural(verdicts.length, 'run')}`;
}

function countDays(runs: readonly RecordedRun[]): number {
  return new Set(runs.map(({ date }) => date)).size;
}

function mark(earlier: string | undefined): string {
  return earlier === undefined ? '' : '†';
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

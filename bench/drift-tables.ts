import { type Rule, rules, rulesReferenceSamples, rulesWindowSizes } from './drift-other-rules.ts';
import { type Results, type Size, trafficKey } from './drift-plan.ts';
import { renderSegmentTables } from './drift-segment-tables.ts';
import { renderSlowTables } from './drift-slow-tables.ts';
import { type Episodes, warmUpDays } from './drift-traffic.ts';
import { changesAt, changingTraffics, steadyTraffics, type Traffic } from './drift-traffics.ts';
import type { Finding, Looks } from './drift-windows.ts';
import { changedWindowSizes, changedWorlds, steadyWorlds, togetherWorlds } from './drift-worlds.ts';
import { grouped, percent, perTenThousand, significant, table } from './markdown.ts';

const judged = ['drifting', 'moved', 'alert', 'share alert'] as const satisfies readonly Finding[];
const ruleNames: Record<Rule, string> = {
  verdict: 'the verdict `drifting`',
  'psi > 0.1': 'PSI > 0.1',
  'psi > 0.2': 'PSI > 0.2',
  ks: 'Kolmogorov–Smirnov p < 0.05',
};
/** Shown apart: the error of so small a reference is larger than anything else. */
const smallReferenceSamples = 200;
/** Where drift that is found is shown. */
const shownReferenceSamples = 1000;
const shownWindowSizes = [1000, 5000];
const largestShown = 5000;
const plannedShifts = ['normal+0.1', 'normal+0.25', 'normal+0.5', 'normal+1'];

/** The measurements as Markdown. */
export function renderTables(results: Results, size: Size): string {
  const { steady, changed, rules: compared } = size;
  return [
    '### False alarms',
    `Nothing changes: false alarms in 10,000 checks of one feature, at the window size N with the most of them. M is 200, 1,000 and 5,000, N from 50 to 50,000; for names, M up to 20,000 and N up to 100,000; for the Zipf category, N up to 1,000,000. ${grouped(steady.windows)} windows for each M and N, judged against ${grouped(steady.referenceRows)} / M fresh references.`,
    falseAlarms(results),
    'Nothing changes here either, but the rows are not independent of each other (M = 1,000; false alarms in 10,000 checks):',
    rowsTogether(results),
    `The verdict compared with other rules, on the same windows of ages (M = ${grouped(rulesReferenceSamples)}): false alarms in 10,000 windows and, in brackets, with the unluckiest of ${grouped(compared.references)} references; and the share of windows detected when ages move by half a standard deviation.`,
    otherRules(results),
    `Alerts in a year for one feature, in traffic in which nothing changes permanently, by requests a day. The first ${warmUpDays} days, in which there is no earlier week to tell seasons from drift, are not counted. References of 1,000 rows; ${featureYears(size)} feature-years per cell.`,
    alertsInAYear(results),
    '### What is detected',
    `Share of windows in which each is found, at M = 1,000, and the mean PSI at N = ${grouped(largestShown)}. ${grouped(changed.windows)} windows per cell.`,
    found(results),
    'How many rows it takes: share of windows with the verdict `drifting` or `moved` and, in brackets, with `drifting` alone.',
    rowsNeeded(results),
    '### Time to detection',
    `Days until the first alert after a change, median of ${size.changingTraffic.features} features, by requests a day. References of 1,000 rows; – means not within ${size.changingTraffic.days - changesAt} days.`,
    delays(results),
    ...renderSlowTables(results, size),
    ...renderSegmentTables(results, size),
  ].join('\n\n');
}

function falseAlarms(results: Results): string {
  const rows = Object.entries(steadyWorlds).map(([key, { title }]) => {
    const isSmall = (look: Looks) => look.referenceSamples === smallReferenceSamples;
    const looks = looksOf(results, key);
    return [
      title,
      ...judged.map((finding) => most(looks.filter(isSmall), finding)),
      ...judged.map((finding) =>
        most(
          looks.filter((look) => !isSmall(look)),
          finding,
        ),
      ),
    ];
  });
  const small = `M = ${smallReferenceSamples}`;
  const heads = [small, 'M from 1,000'].flatMap((size) =>
    judged.map((finding, i) => (i === 0 ? `${size}: ${finding}` : finding)),
  );
  return table(['variable', ...heads], rows);
}

/** The largest rate among the sizes. */
function most(looks: readonly Looks[], finding: Finding): string {
  return perTenThousand(Math.max(...looks.map(({ found, windows }) => found[finding] / windows)));
}

function rowsTogether(results: Results): string {
  const rows = Object.entries(togetherWorlds).flatMap(([key, { title }]) =>
    looksOf(results, key)
      .filter(({ referenceSamples }) => referenceSamples === shownReferenceSamples)
      .map(({ samples, windows, found }) => [
        title,
        grouped(samples),
        ...judged.map((finding) => perTenThousand(found[finding] / windows)),
      ]),
  );
  return table(['rows', 'N', ...judged], rows);
}

function otherRules({ alarms }: Results): string {
  const of = (rule: Rule, samples: number) => {
    const found = alarms.find((each) => each.rule === rule && each.samples === samples);
    if (found === undefined) throw new Error(`nothing was measured for ${rule}, N ${samples}`);
    return found;
  };
  const rows = rules.map((rule) => [
    ruleNames[rule],
    ...rulesWindowSizes.map((samples) => {
      const { windows, windowsEach, ...each } = of(rule, samples);
      return `${perTenThousand(each.false / windows)} (${perTenThousand(each.mostFalse / windowsEach)})`;
    }),
    ...shownWindowSizes.map((samples) => {
      const { windows, found } = of(rule, samples);
      return percent(found / windows);
    }),
  ]);
  return table(
    [
      'rule',
      ...rulesWindowSizes.map((samples) => `false at N = ${grouped(samples)}`),
      ...shownWindowSizes.map((samples) => `found at N = ${grouped(samples)}`),
    ],
    rows,
  );
}

function alertsInAYear(results: Results): string {
  return byRequests(steadyTraffics, results, ({ fired, featureDays }) => {
    const alerts = Object.values(fired).reduce((sum, times) => sum + times, 0);
    return significant((alerts / featureDays) * 365);
  });
}

function found(results: Results): string {
  const rows = Object.entries(changedWorlds).map(([key, { title }]) => [
    title,
    meanPsi(lookOf(results, key, shownReferenceSamples, largestShown)).toFixed(2),
    ...shownWindowSizes.flatMap((samples) => {
      const { found, windows } = lookOf(results, key, shownReferenceSamples, samples);
      return judged.map((finding) => percent(found[finding] / windows));
    }),
  ]);
  const heads = shownWindowSizes.flatMap((samples) =>
    judged.map((finding, i) => (i === 0 ? `N = ${grouped(samples)}: ${finding}` : finding)),
  );
  return table(['change', 'PSI', ...heads], rows);
}

function rowsNeeded(results: Results): string {
  const rows = plannedShifts.flatMap((key) =>
    [200, 1000, 5000].map((referenceSamples) => [
      changedWorlds[key].title,
      grouped(referenceSamples),
      ...changedWindowSizes.map((samples) => {
        const { found, windows } = lookOf(results, key, referenceSamples, samples);
        return `${percent((found.drifting + found.moved) / windows)} (${percent(found.drifting / windows)})`;
      }),
    ]),
  );
  return table(['change', 'M', ...changedWindowSizes.map((samples) => `N = ${grouped(samples)}`)], rows);
}

function delays(results: Results): string {
  return byRequests(changingTraffics, results, ({ delays }) => {
    const sorted = delays.toSorted((a, b) => a - b);
    // The middle one, or the later of the two: without an alert there is no mean of them.
    const median = sorted[Math.floor(sorted.length / 2)];
    return median === Number.POSITIVE_INFINITY ? '–' : significant(median);
  });
}

/** A table of traffics with a column for each number of requests a day. */
function byRequests(
  traffics: Readonly<Record<string, Traffic>>,
  results: Results,
  cell: (episodes: Episodes) => string,
): string {
  const columns = [
    ...new Set(Object.values(traffics).flatMap(({ requestsPerDay }) => requestsPerDay)),
  ].toSorted((a, b) => a - b);
  const rows = Object.entries(traffics).map(([key, { title, requestsPerDay }]) => [
    title,
    ...columns.map((rate) => {
      if (!requestsPerDay.includes(rate)) return '–';
      const episodes = results.episodes.get(trafficKey(key, rate));
      if (episodes === undefined) throw new Error(`nothing was measured for ${trafficKey(key, rate)}`);
      return cell(episodes);
    }),
  ]);
  return table(['traffic', ...columns.map((rate) => `${grouped(rate)} a day`)], rows);
}

function meanPsi({ psi, windows }: Looks): number {
  return psi / windows;
}

function looksOf(results: Results, key: string): readonly Looks[] {
  const looks = results.looks.get(key);
  if (looks === undefined) throw new Error(`nothing was measured for ${key}`);
  return looks;
}

function lookOf(results: Results, key: string, referenceSamples: number, samples: number): Looks {
  const look = looksOf(results, key).find(
    (one) => one.referenceSamples === referenceSamples && one.samples === samples,
  );
  if (look === undefined)
    throw new Error(`nothing was measured for ${key}, M ${referenceSamples}, N ${samples}`);
  return look;
}

function featureYears({ steadyTraffic: { features, days } }: Size): string {
  return significant((features * (days - warmUpDays)) / 365);
}

import { tests } from './drift-episodes.ts';
import { type Results, type Size, traffics } from './drift-plan.ts';
import { type Rule, scenarios, withDrift, withoutDrift } from './drift-scenarios.ts';
import { type Cell, referenceSizes, windowSizes } from './drift-windows.ts';
import { grouped, percent, table } from './markdown.ts';

const ruleNames: Record<Rule, string> = {
  verdict: 'PSI > max(0.1, ceiling)',
  alert: 'PSI > max(0.1, ceiling with design effect)',
  'psi > 0.1': 'PSI > 0.1',
  'psi > 0.2': 'PSI > 0.2',
  ks: 'Kolmogorov–Smirnov p < 0.05',
  share: 'missing share > binomial ceiling',
};
const testNames: Record<(typeof tests)[number], string> = {
  ticket: ruleNames.alert,
  'no design effect': ruleNames.verdict,
  'psi > 0.1': ruleNames['psi > 0.1'],
  'psi > 0.2': ruleNames['psi > 0.2'],
};
const featuresOfModel = 50;

/** The measurements as Markdown. */
export function renderTables(results: Results, size: Size): string {
  const windows = grouped(size.references * size.windowsEach);
  return [
    '### False alarms',
    `Alarms in 10,000 windows from the very population the reference was drawn from, mean over ${size.references} references and, in brackets, of the worst of them. ${windows} windows a cell.`,
    falseAlarms(results),
    '### Drift that is found',
    `Share of windows that alarm, PSI > max(0.1, ceiling): mean over ${size.references} references and, in brackets, of the worst of them. ${windows} windows a cell.`,
    found(results),
    ...[1000, 5000].flatMap((samples) => [
      `The rules side by side at M = 1,000 and N = ${grouped(samples)}:`,
      sideBySide(results, samples),
    ]),
    '### Tickets in traffic that does not drift',
    `How often an alert on 24 h (N ≥ 300, \`for: 15m\`, a look every 30 s) fires in a year for a model of ${featuresOfModel} features, none of which drifts. Rows arrive in batches of 50; references of 1,000 rows; ${rate(size.featureYears / featuresOfModel)} model-years a row.`,
    episodes(results, size),
  ].join('\n\n');
}

function falseAlarms(results: Results): string {
  const rows = Object.entries(withoutDrift).flatMap(([key, { title, judged }]) =>
    referenceSizes.flatMap((referenceSamples) =>
      judged
        // Fixed thresholds fare alike on all variables: once is enough.
        .filter((rule) => key === 'age' || rule === 'verdict')
        .map((rule) => [
          title,
          grouped(referenceSamples),
          ruleNames[rule],
          ...windowSizes.map((samples) => {
            const cell = cellOf(results, key, rule, referenceSamples, samples);
            const worst = (cell.most * cell.references) / cell.windows;
            return `${rate((cell.alarms / cell.windows) * 10_000)} (${rate(worst * 10_000)})`;
          }),
        ]),
    ),
  );
  return table(['variable', 'M', 'rule', ...windowSizes.map((n) => `N = ${grouped(n)}`)], rows);
}

function found(results: Results): string {
  const rows = Object.entries(withDrift).flatMap(([key, { title }]) =>
    referenceSizes.map((referenceSamples) => [
      title,
      grouped(referenceSamples),
      ...windowSizes.map((samples) => {
        const cell = cellOf(results, key, 'verdict', referenceSamples, samples);
        const worst = (cell.fewest * cell.references) / cell.windows;
        return `${percent(cell.alarms / cell.windows)} (${percent(worst)})`;
      }),
    ]),
  );
  return table(['drift', 'M', ...windowSizes.map((n) => `N = ${grouped(n)}`)], rows);
}

function sideBySide(results: Results, samples: number): string {
  const rules = Object.keys(ruleNames) as Rule[];
  const rows = Object.entries(withDrift).map(([key, { title }]) => [
    title,
    ...rules.map((rule) => {
      if (!scenarios[key].judged.includes(rule)) return '–';
      const { alarms, windows } = cellOf(results, key, rule, 1000, samples);
      return percent(alarms / windows);
    }),
  ]);
  return table(['drift', ...rules.map((rule) => ruleNames[rule])], rows);
}

function episodes(results: Results, size: Size): string {
  const rows = Object.entries(traffics).map(([key, { rowsPerHour, sends, season }]) => {
    const fired = results.episodes.get(key)?.fired;
    if (fired === undefined) throw new Error(`nothing was measured for the traffic ${key}`);
    return [
      season > 0 ? `daily season ±${season} σ` : 'no season',
      sends > 1 ? `each applicant sent ${sends} times` : 'each applicant sent once',
      grouped(rowsPerHour),
      ...tests.map((test) => rate((fired[test] / size.featureYears) * featuresOfModel)),
    ];
  });
  return table(['season', 'repeats', 'rows an hour', ...tests.map((test) => testNames[test])], rows);
}

function cellOf(results: Results, key: string, rule: Rule, referenceSamples: number, samples: number): Cell {
  const cell = results.windows
    .get(key)
    ?.find(
      (one) => one.rule === rule && one.referenceSamples === referenceSamples && one.samples === samples,
    );
  if (cell === undefined) throw new Error(`nothing was measured for ${key}, ${rule}`);
  return cell;
}

/** Two significant digits below 10, whole numbers from there. */
function rate(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : grouped(Math.round(value));
}

import type { Results, Size } from './drift-plan.ts';
import {
  changingReferenceSizes,
  changingSlowTraffics,
  type SlowDelays,
  steadyReferenceSizes,
  steadySlowTraffics,
} from './drift-slow.ts';
import type { Traffic } from './drift-traffics.ts';
import { grouped, table } from './markdown.ts';

/** What is known of one cell: a traffic, a number of requests a day, and a number of reference rows. */
export function slowKey(traffic: string, requestsPerDay: number, referenceSamples: number): string {
  return `${traffic}, ${requestsPerDay} a day, M ${referenceSamples}`;
}

/** The measurements of small models as Markdown. */
export function renderSlowTables(results: Results, { slow }: Size): string[] {
  return [
    '### Small models',
    `Nothing changes: how many of ${grouped(slow.models)} models, each with one variable, were wrongly reported as drifting slowly within ${grouped(slow.days)} days, by requests a day and reference rows M.`,
    byRequests(steadySlowTraffics, steadyReferenceSizes, results, (delays) =>
      grouped(delays.filter(Number.isFinite).length),
    ),
    `Days until slow drift is reported after a change, median of ${grouped(slow.models)} models; – means not within ${grouped(slow.days)} days.`,
    byRequests(changingSlowTraffics, changingReferenceSizes, results, (delays) => {
      const median = delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)];
      return Number.isFinite(median) ? grouped(median) : '–';
    }),
  ];
}

function byRequests(
  traffics: Readonly<Record<string, Traffic>>,
  referenceSizes: readonly number[],
  results: Results,
  cell: (delays: SlowDelays) => string,
): string {
  const rates = [...new Set(Object.values(traffics).flatMap(({ requestsPerDay }) => requestsPerDay))];
  const columns = rates.flatMap((rate) => referenceSizes.map((size) => ({ rate, size })));
  const rows = Object.entries(traffics).map(([key, { title, requestsPerDay }]) => [
    title,
    ...columns.map(({ rate, size }) => {
      if (!requestsPerDay.includes(rate)) return '–';
      const delays = results.slow.get(slowKey(key, rate, size));
      if (delays === undefined) throw new Error(`nothing was measured for ${slowKey(key, rate, size)}`);
      return cell(delays);
    }),
  ]);
  const heads = columns.map(({ rate, size }, i) =>
    i % referenceSizes.length === 0 ? `${grouped(rate)} a day: M = ${grouped(size)}` : `M = ${grouped(size)}`,
  );
  return table(['traffic', ...heads], rows);
}

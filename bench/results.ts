import type { Round } from './comparison.ts';
import { type Figure, summarise } from './figures.ts';
import { formatRatio, type Goal, judge, ratio } from './goals.ts';
import type { PartCost } from './in-process.ts';
import type { MemoryCourse } from './memory.ts';
import type { ScrapeCost } from './scrape.ts';
import type { Variant } from './variants.ts';

/** All that one run measured. */
export type Results = {
  readonly command: string;
  readonly machine: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  readonly compared: readonly { readonly variant: Variant; readonly rounds: readonly Round[] }[];
  readonly absent: readonly Variant[];
  readonly memory: { readonly bare: MemoryCourse; readonly vigia: MemoryCourse };
  /** Processor time a request of the whole service, by the number of the model's features. */
  readonly features: readonly { readonly features: number; readonly cpuMicros: Figure }[];
  readonly inProcess: readonly PartCost[];
  readonly scrape: ScrapeCost;
};

/** The results as Markdown. */
export function renderResults(results: Results): string {
  return `${[
    '# Measured',
    `\`${results.command}\` made this file; every figure is of one run.`,
    results.machine.map((line) => `- ${line}`).join('\n'),
    '## Side by side',
    `${results.connections} connections, each waiting for its answer; bodies differ; ${results.compared[0].rounds.length} rounds of ${results.seconds} s each, after a warm-up, in turn. Median, and least–greatest, of the rounds.`,
    comparisonTable(results),
    ...disturbance(results),
    ...results.absent.map(({ key, absent }) => `${key} was left out: ${absent}.`),
    '## Goals',
    goalTable(judge(results)),
    '## Parts of a request',
    'Nanoseconds a call, in one process without a server, by the number of features.',
    partTable(results.inProcess),
    '## Scrape',
    scrapeText(results.scrape),
    '## Memory under load',
    memoryTable(results.memory),
  ].join('\n\n')}\n`;
}

/**
 * What speaks against the requests/s of a run: a server that could not use its processor wholly was held up by
 * something other than its own work. The processor time a request is to be trusted all the same.
 */
export function disturbance(results: Results): string[] {
  const heldUp = results.compared.filter(
    ({ rounds }) => summarise(rounds.map(({ busy }) => busy)).median < 0.9,
  );
  if (heldUp.length === 0) return [];
  const keys = heldUp.map(({ variant }) => variant.key).join(', ');
  return [
    `The machine was not quiet: ${keys} had less than 0.9 of a processor. Their requests/s and latencies are too bad; the CPU time a request is not.`,
  ];
}

/** The table of variants, which docs/performance.md shows as well. */
export function comparisonTable(results: Results): string {
  const rows = results.compared.map(({ variant: { key, label }, rounds }) => {
    const of = (pick: (round: Round) => number) => summarise(rounds.map(pick));
    const against = ratio(results, key, 'B', 'requestsPerSecond');
    return [
      key,
      label,
      spread(of((round) => round.requestsPerSecond)),
      against ? formatRatio(against) : '',
      spread(of((round) => round.cpuMicros)),
      spread(
        of((round) => round.p50Ms),
        1,
      ),
      spread(
        of((round) => round.p99Ms),
        1,
      ),
      spread(of((round) => round.readyMs)),
      of((round) => round.busy).median.toFixed(2),
      String(rounds.reduce((sum, { failed }) => sum + failed, 0)),
    ];
  });
  const head = [
    '',
    'variant',
    'requests/s',
    'against B',
    'CPU µs a request',
    'p50 ms',
    'p99 ms',
    'start ms',
    'busy',
    'failed',
  ];
  return table(head, rows);
}

export function goalTable(goals: readonly Goal[]): string {
  return table(
    ['goal', 'measured', ''],
    goals.map(({ goal, measured, isMet }) => [goal, measured, isMet ? 'met' : 'not met']),
  );
}

function partTable(costs: readonly PartCost[]): string {
  const sizes = [...new Set(costs.map(({ features }) => features))];
  const parts = [...new Set(costs.map(({ part }) => part))];
  return table(
    ['part', ...sizes.map((size) => `${size} features`)],
    parts.map((part) => [part, ...costs.filter((cost) => cost.part === part).map(({ ns }) => spread(ns))]),
  );
}

function scrapeText({ features, versions, series, bytes, blockMs, cpuMs }: ScrapeCost): string {
  return `${versions} versions of a model with ${features} features: ${series.toLocaleString('en')} series, ${(bytes / 1e6).toFixed(2)} MB. A scrape keeps the event loop from anything else for ${spread(blockMs, 1)} ms at a stretch, and takes ${spread(cpuMs, 1)} ms of processor time in all.`;
}

function memoryTable({ bare, vigia }: Results['memory']): string {
  const course = (key: string, { idleMegabytes, megabytes }: MemoryCourse) => [
    key,
    idleMegabytes.toFixed(0),
    megabytes.map((value) => value.toFixed(0)).join(' '),
  ];
  return table(
    ['', 'idle, MB', `after each ${vigia.sliceSeconds} s of load, MB`],
    [course('B', bare), course('V10', vigia)],
  );
}

function spread({ median, min, max }: Figure, digits = 0): string {
  const write = (value: number) =>
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${write(median)} (${write(min)}–${write(max)})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

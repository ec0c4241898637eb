import type { Round } from './comparison.ts';
import { type Figure, formatFigure, summarise } from './figures.ts';
import { formatLimit, judge, measureFigures, ratio, type Verdict } from './goals.ts';
import type { PartCost } from './in-process.ts';
import type { Machine } from './machine.ts';
import { table } from './markdown.ts';
import type { MemoryCourse } from './memory.ts';
import { headline } from './record-tables.ts';
import type { ScrapeCost } from './scrape.ts';
import type { Variant } from './variants.ts';

/** Everything that one run measured. */
export type Results = {
  readonly command: string;
  /** UTC, `2026-11-28`. */
  readonly date: string;
  readonly machine: Machine;
  readonly wakeUp: { readonly asleepMicros: Figure; readonly awakeMicros: Figure };
  readonly connections: number;
  readonly seconds: number;
  readonly compared: readonly { readonly variant: Variant; readonly rounds: readonly Round[] }[];
  readonly absent: readonly Variant[];
  readonly memory: { readonly bare: MemoryCourse; readonly vigia: MemoryCourse };
  readonly inProcess: readonly PartCost[];
  /** Shares of the processor time by part of a request, by the variant's key. */
  readonly profiles: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly scrape: ScrapeCost;
};

/** The results as Markdown. */
export function renderResults(results: Results): string {
  const { host, commit, placement, versions } = results.machine;
  return `${[
    '# Measured',
    `\`${results.command}\` made this file on ${results.date}; every figure is of one run. Other hosts and other days give other figures: [Performance](../docs/performance.md) lists the runs there are.`,
    [host, placement, versions, `commit ${commit}`].map((line) => `- ${line}`).join('\n'),
    headline(measureFigures(results)),
    wakeUpText(results.wakeUp),
    '## Side by side',
    `${results.connections} connections, each waiting for its answer; bodies differ; ${results.compared[0].rounds.length} rounds of ${results.seconds} s each, after a warm-up, in turn. Median, and lowest–highest, of the rounds.`,
    comparisonTable(results),
    ...disturbance(results),
    ...results.absent.map(({ key, absent }) => `${key} was skipped: ${absent}.`),
    '## Goals',
    verdictTable(judge(results)),
    '## Parts of a request',
    'Nanoseconds per call, in one process without a server, by the number of features.',
    partTable(results.inProcess),
    '## Scrape',
    scrapeText(results.scrape),
    '## Memory under load',
    memoryTable(results.memory),
  ].join('\n\n')}\n`;
}

/** How long the host takes to wake a process that waits for a message. */
export function wakeUpText({ asleepMicros, awakeMicros }: Results['wakeUp']): string {
  const difference = asleepMicros.median - awakeMicros.median;
  return `On this host a small write over loopback took ${formatFigure(asleepMicros, 1)} µs when its reader slept and ${formatFigure(awakeMicros, 1)} µs when it was awake: waking it cost ${difference.toFixed(1)} µs.`;
}

/**
 * Why not to trust the requests/s of a run: a server that could not use its processor fully was held up by something
 * other than its own work. The processor time per request is affected less.
 */
export function disturbance(results: Results): string[] {
  const heldUp = results.compared.filter(
    ({ rounds }) => summarise(rounds.map(({ busy }) => busy)).median < 0.9,
  );
  if (heldUp.length === 0) return [];
  const keys = heldUp.map(({ variant }) => variant.key).join(', ');
  return [
    `The machine was not quiet: ${keys} had less than 0.9 of a processor. Their requests/s and latencies are worse than on a quiet machine, and their CPU time per request is somewhat higher.`,
  ];
}

/** The table of variants. */
export function comparisonTable(results: Results): string {
  const rows = results.compared.map(({ variant: { key, label }, rounds }) => {
    const of = (pick: (round: Round) => number) => summarise(rounds.map(pick));
    const against = ratio(results, key, 'B', 'requestsPerSecond');
    return [
      key,
      label,
      formatFigure(of((round) => round.requestsPerSecond)),
      against ? formatFigure(against, 2) : '',
      formatFigure(of((round) => round.cpuMicros)),
      ...[of((round) => round.p50Ms), of((round) => round.p99Ms)].map((figure) => formatFigure(figure, 1)),
      formatFigure(of((round) => round.readyMs)),
      of((round) => round.busy).median.toFixed(2),
      String(rounds.reduce((sum, { failed }) => sum + failed, 0)),
    ];
  });
  const head = [
    'id',
    'variant',
    'requests/s',
    'against bare Koa (B)',
    'CPU µs per request',
    'p50 ms',
    'p99 ms',
    'start ms',
    'busy',
    'failed',
  ];
  return table(head, rows);
}

/** The goals, and whether this run met them. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  return table(
    ['figure', 'goal', 'measured', ''],
    verdicts.map(({ goal, figure, isMet }) => [
      goal.what,
      formatLimit(goal),
      formatFigure(figure, goal.digits),
      isMet ? 'met' : 'not met',
    ]),
  );
}

function partTable(costs: readonly PartCost[]): string {
  const sizes = [...new Set(costs.map(({ features }) => features))];
  const parts = [...new Set(costs.map(({ part }) => part))];
  return table(
    ['part', ...sizes.map((size) => `${size} features`)],
    parts.map((part) => [
      part,
      ...costs.filter((cost) => cost.part === part).map(({ ns }) => formatFigure(ns)),
    ]),
  );
}

function scrapeText({ features, versions, series, bytes, blockMs, cpuMs }: ScrapeCost): string {
  return `${versions} versions of a model with ${features} features: ${series.toLocaleString('en')} series, ${(bytes / 1e6).toFixed(2)} MB. A scrape blocks the event loop for ${formatFigure(blockMs, 1)} ms at a stretch, and takes ${formatFigure(cpuMs, 1)} ms of processor time in all.`;
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

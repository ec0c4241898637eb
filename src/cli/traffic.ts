import { readTokens } from '../files/secret-file.ts';
import { createRandom } from '../stats/random.ts';
import { rewriteLine, writeLines } from '../text/terminal.ts';
import { createLabels, type LabelOptions, outcomesByScore } from '../traffic/labels.ts';
import { applyDrifts, parseDrift } from '../traffic/made-up-drift.ts';
import { sendRequests } from '../traffic/send-requests.ts';
import { outcomesLine, progressLine, summaryLines } from '../traffic/summary.ts';
import { createTally } from '../traffic/tally.ts';
import type { Values } from './command.ts';
import type { options as table } from './commands/traffic.ts';
import { lineIntervalMs } from './progress-bar.ts';
import { UsageError } from './run-cli.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { readOptions, type TrafficOptions } from './traffic-options.ts';
import { type Classes, openSource } from './traffic-source.ts';

async function labelOptions(
  options: NonNullable<TrafficOptions['labels']>,
  classes: Classes,
  random: () => number,
): Promise<LabelOptions> {
  const { tokenFile, positiveShare, ...rest } = options;
  const tokens = tokenFile === undefined ? [] : await readTokens('--label-token-file', tokenFile);
  return { ...rest, token: tokens.at(0), outcomeOf: outcomesByScore(classes, random, positiveShare), random };
}

export async function run(values: Values<typeof table>): Promise<number> {
  const options = readOptions(values);
  const random = createRandom(options.seed);
  const { features, classes, draw } = await openSource(options, random);
  const labels = options.labels && createLabels(await labelOptions(options.labels, classes(), random));
  const drifts = options.drifts.map((text) => {
    try {
      return parseDrift(text, features);
    } catch (error) {
      throw new UsageError((error as Error).message);
    }
  });

  const stop = stopOnSignal();
  const end = options.count ?? options.durationMs;
  writeLines(process.stderr, [
    `sending ${options.ratePerSecond} requests/s to ${options.urls.map(({ origin }) => origin).join(', ')}${end === undefined ? ' until Ctrl-C' : ''}`,
  ]);
  const tally = createTally();
  const startedAt = performance.now();
  const { isTTY } = process.stderr;
  const ends = [
    options.durationMs,
    options.count === undefined ? undefined : (options.count / options.ratePerSecond) * 1000,
  ].filter((ms) => ms !== undefined);
  const totalMs = ends.length === 0 ? undefined : Math.min(...ends);
  const ticker = setInterval(
    () => {
      const line = progressLine(tally, performance.now() - startedAt, totalMs);
      if (isTTY) rewriteLine(process.stderr, line);
      else writeLines(process.stderr, [line]);
    },
    isTTY ? 500 : lineIntervalMs,
  );
  try {
    const sent = await sendRequests({
      urls: options.urls,
      path: options.path,
      ratePerSecond: options.ratePerSecond,
      count: options.count,
      durationMs: options.durationMs,
      signal: stop,
      nextRow: () => applyDrifts(drifts, draw(), random),
      onAnswer: (answer) => {
        tally.add(answer);
        labels?.take(answer);
      },
    });
    const labelled = await labels?.finish();
    if (isTTY) rewriteLine(process.stderr, '');
    const outcomes = labelled === undefined ? [] : [outcomesLine(labelled)];
    writeLines(process.stdout, [...summaryLines(sent, tally), ...outcomes]);
    const unanswered = sent.sent > 0 && tally.answered === 0;
    const undelivered = labelled !== undefined && labelled.sent > 0 && labelled.failed === labelled.sent;
    return unanswered || undelivered ? 1 : 0;
  } finally {
    // it would keep the process alive
    clearInterval(ticker);
  }
}

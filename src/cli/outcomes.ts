import { stat } from 'node:fs/promises';
import { sourceName } from '../files/read-bytes.ts';
import { readTokens } from '../files/secret-file.ts';
import { samplesInFiles, samplesOfServices } from '../labels/keyed-samples.ts';
import { createOutcomeTexts } from '../labels/outcome-texts.ts';
import { outcomesEndpoint, requireService, type Service } from '../labels/post-outcomes.ts';
import { readLabels } from '../labels/read-labels.ts';
import {
  emptyTally,
  type LabelTally,
  reportById,
  reportByKey,
  type ShowProgress,
} from '../labels/report-labels.ts';
import { createReporter, type ReportTally, UnknownOutcomes } from '../labels/reporter.ts';
import type { LineTally } from '../samples/read-samples.ts';
import { formatAmount, formatCount, formatTime } from '../text/format.ts';
import { writeLines } from '../text/terminal.ts';
import { parseTime } from '../times/parse-time.ts';
import type { Values } from './command.ts';
import type { options as optionTable } from './commands/outcomes.ts';
import { readOptions } from './outcomes-options.ts';
import { createProgressBar, type ProgressBar } from './progress-bar.ts';
import { replicaFiles, serviceSetting, thoseThere } from './service-settings.ts';
import { stopOnSignal } from './stop-on-signal.ts';

const interrupted = 130;

export async function run(values: Values<typeof optionTable>): Promise<number> {
  const options = readOptions(values);
  const { columns, data, isForAll, map, model } = options;
  const { tokenFile } = options;
  const token = tokenFile === undefined ? undefined : (await readTokens('--token-file', tokenFile))[0];
  const signal = stopOnSignal();
  const bars = createBars();
  const service: Service = {
    endpoint: outcomesEndpoint(options.url),
    token,
    options: { url: '--url', token: '--token-file' },
    signal,
    onWait: (message) => bars.say(message),
  };
  const rows: LineTally = { lines: 0, damaged: 0, faults: [] };
  const samples: LineTally = { lines: 0, damaged: 0, faults: [] };
  const tally = emptyTally();
  const reporter = createReporter(service);
  const texts = createOutcomeTexts(columns.outcome, map);
  let failure: Error | undefined;
  try {
    await requireService(service);
    const table = bars.show(options.isById ? 'reporting' : 'reading labels', await sizeOf(data));
    const labels = readLabels(data, columns, rows, table.add);
    const common = { labels, texts, reporter, tally, signal };
    if (options.isById) {
      await reportById(common);
    } else {
      const kept =
        options.samples === undefined
          ? samplesOfServices(await thoseThere(await replicaFiles(serviceSetting('SAMPLES_PATH'))))
          : samplesInFiles(options.samples);
      await reportByKey({
        ...common,
        samples: kept,
        model,
        isForAll,
        sampleTally: samples,
        showProgress: bars.show,
      });
    }
  } catch (error) {
    if (!signal.aborted && reporter.tally.sent === 0) throw error;
    if (!signal.aborted) failure = error as Error;
  } finally {
    bars.end();
  }
  writeLines(process.stdout, summaryLines(sourceName(data), tally, rows.damaged, samples, reporter.tally));
  if (signal.aborted) {
    writeLines(process.stderr, ['interrupted: run the command again, nothing counts twice']);
    return interrupted;
  }
  if (failure instanceof UnknownOutcomes) {
    const hint = map.length > 0 ? '' : `: --map VALUE=CLASS says what a value of ${columns.outcome} means`;
    throw new Error(`${failure.message}${hint}`);
  }
  if (failure !== undefined) throw failure;
  const { accepted, duplicate, sent } = reporter.tally;
  if (accepted > 0) return 0;
  const isRepeated = sent > 0 && duplicate === sent;
  throw new Error(
    isRepeated ? 'no outcome was taken: all that were sent had been counted before' : 'no outcome was taken',
  );
}

/** What became of all rows, one line per kind that occurred. */
function summaryLines(
  source: string,
  { rows, unnamed, open, repeated, contradicting, unmatched, oldest }: LabelTally,
  damaged: number,
  samples: LineTally,
  { sent, accepted, duplicate, expired, refused }: ReportTally,
): string[] {
  const oldestMs = parseTime(oldest);
  const since = Number.isNaN(oldestMs)
    ? ''
    : `: the oldest with a key is of ${formatTime(new Date(oldestMs).toISOString())} UTC`;
  const counts: [number, string][] = [
    [accepted, 'taken'],
    [duplicate, 'duplicates: counted before'],
    [
      repeated,
      contradicting > 0
        ? `repeated: the first row of a key counts, and ${formatCount(contradicting)} of them ${contradicting === 1 ? 'says' : 'say'} otherwise`
        : 'repeated: the first row of a key counts',
    ],
    [unmatched, `without a prediction among ${formatAmount(samples.lines, 'sample')}${since}`],
    [open, 'without an outcome'],
    [unnamed, 'without a key or id'],
    [damaged, 'that cannot be read'],
    [expired, 'expired: the prediction is too old'],
    ...[...refused].map(([reason, { count, message }]): [number, string] => [
      count,
      `refused, ${reason}: ${message}`,
    ]),
  ];
  const lines = counts.filter(([count], i) => i === 0 || count > 0);
  const damagedSamples =
    samples.damaged > 0 ? [`${formatAmount(samples.damaged, 'line')} of the samples cannot be read`] : [];
  return [
    `${formatAmount(rows + damaged, 'label')} in ${source}, ${formatAmount(sent, 'outcome')} sent`,
    ...lines.map(([count, text]) => `${formatCount(count).padStart(11)}  ${text}`),
    ...damagedSamples,
  ];
}

/** Progress bars of which one moves at a time: each takes the line of the terminal when it does. */
function createBars(): { readonly show: ShowProgress; say(message: string): void; end(): void } {
  let last: ProgressBar | undefined;
  return {
    show(label, total) {
      const bar = total > 0 ? createProgressBar(label, total) : undefined;
      let done = 0;
      return {
        add(count) {
          done += count;
          last = bar;
          bar?.update(done);
        },
        end: () => bar?.end(),
      };
    },
    say(message) {
      last?.end();
      writeLines(process.stderr, [message]);
    },
    end: () => last?.end(),
  };
}

/** In bytes; 0 where the end is not known. */
async function sizeOf(path: string): Promise<number> {
  return path === '-' ? 0 : ((await stat(path).catch(() => undefined))?.size ?? 0);
}

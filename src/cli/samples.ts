import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { listRotatedFiles } from '../files/rotated-files.ts';
import { type Artifact, loadArtifact } from '../model/artifact.ts';
import { redacted } from '../model/disclosure.ts';
import { forgetOutcome } from '../outcomes/outcome.ts';
import { readUnverified } from '../outcomes/token.ts';
import { findIdsOfKeys } from '../samples/find-ids.ts';
import type { Leave } from '../samples/forget-in-file.ts';
import { forgetRows } from '../samples/forget-rows.ts';
import { expand, readJsonl } from '../samples/read-samples.ts';
import { createRowMatcher, RowMatchError, type RowMatcher } from '../samples/row-matcher.ts';
import { holdsInput, isScoreLine } from '../samples/sample-shape.ts';
import { createSampleView } from '../samples/shown-sample.ts';
import { formatAmount, formatCount } from '../text/format.ts';
import { writeJson, writeLines } from '../text/terminal.ts';
import { parseTime } from '../times/parse-time.ts';
import { runCli, UsageError } from './run-cli.ts';
import {
  allReplicaFiles,
  modelFile,
  replicaFiles,
  serviceSetting,
  shownSetting,
  thoseThere,
} from './service-settings.ts';

const help = () => `Usage: npm run samples -- [options]

Prints kept rows, the newest last, with their trace ids and the reasons for
their scores; or deletes the rows of a prediction.

  --feature NAME    with --bin: rows of this bin of this feature; "(score)" is
                    the score
  --bin BIN         missing, unseen, below, above, a category, or a range by its
                    label or the beginning of it: "09 (52.5, +inf)" or 09
  --last TIME       only rows of the last 30m, 1h or 7d
  --trace ID        only the row of this trace
  --limit N         print at most so many, the newest (default 20)
  --samples FILE    the sample file (default ${shownSetting('SAMPLES_PATH')}, with
                    those rotated from it); patterns too; several times
  --model FILE      the model, for its bins (default ${shownSetting('MODEL_PATH')})
  --json            print the lines as they are
  --forget ID       delete every line of this prediction id from samples and
                    outcomes; may be given several times. A running service is
                    not disturbed. What it has counted stays counted. Status 1
                    when no line was found
  --forget-key KEY  the same for every prediction that was sent with this key
  --outcomes FILE   with --forget and --forget-key: the outcome file; may be
                    given several times
                    (default ${shownSetting('OUTCOMES_PATH')})
  --help            this text
`;

const unitsMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function readLastMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts = /^(?<amount>\d+)(?<unit>[smhd])$/.exec(text)?.groups;
  if (parts) return Number(parts.amount) * unitsMs[parts.unit as keyof typeof unitsMs];
  throw new UsageError(`--last is a time such as 30m, 1h or 7d, not '${text}'`);
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      feature: { type: 'string' },
      bin: { type: 'string' },
      last: { type: 'string' },
      trace: { type: 'string' },
      limit: { type: 'string', default: '20' },
      samples: { type: 'string', multiple: true },
      outcomes: { type: 'string', multiple: true },
      model: { type: 'string' },
      json: { type: 'boolean', default: false },
      forget: { type: 'string', multiple: true },
      'forget-key': { type: 'string', multiple: true },
    },
  });
  if ((values.feature === undefined) !== (values.bin === undefined)) {
    throw new UsageError('--feature and --bin belong together');
  }
  if (values.outcomes !== undefined && !forgets(values)) {
    throw new UsageError('--outcomes goes with --forget or --forget-key');
  }
  if (values['forget-key']?.includes(redacted)) {
    throw new UsageError(
      `--forget-key: ${redacted} stands for any key that the model withholds; use --forget`,
    );
  }
  const limit = Number(values.limit);
  if (!(Number.isSafeInteger(limit) && limit > 0)) {
    throw new UsageError(`--limit is a whole number above 0, not '${values.limit}'`);
  }
  return { ...values, limit, lastMs: readLastMs(values.last) };
}

function forgets(options: { readonly forget?: string[]; readonly 'forget-key'?: string[] }): boolean {
  return options.forget !== undefined || options['forget-key'] !== undefined;
}

type Options = ReturnType<typeof readOptions>;

/** The files of the replicas here with their rotated ones, oldest first; those that ended before `sinceMs` are of no use. */
async function findSources(given: readonly string[] | undefined, sinceMs: number): Promise<string[]> {
  if (given !== undefined) return [...given];
  const live = await replicaFiles(serviceSetting('SAMPLES_PATH'));
  const rotated = await Promise.all(live.map((path) => listRotatedFiles(path).catch(() => [])));
  const recent = rotated.flat().filter(({ endedAt }) => endedAt >= sinceMs);
  const there = await thoseThere(live);
  return [...recent.sort((a, b) => a.endedAt - b.endedAt).map((file) => file.path), ...there];
}

function matcherOf(artifact: Artifact, { feature, bin }: Options): RowMatcher {
  if (feature === undefined || bin === undefined) return () => true;
  try {
    return createRowMatcher(artifact, feature, bin);
  } catch (error) {
    throw error instanceof RowMatchError ? new UsageError(error.message) : error;
  }
}

async function printRows(options: Options): Promise<number> {
  const { lastMs, trace, limit, json } = options;
  const sinceMs = lastMs === undefined ? Number.NEGATIVE_INFINITY : Date.now() - lastMs;
  const artifact = await loadArtifact(await modelFile(options.model));
  const matches = matcherOf(artifact, options);
  const sources = await findSources(options.samples, sinceMs);
  const found: Record<string, unknown>[] = [];
  const counts = { rows: 0, matching: 0, silent: 0, otherVersions: 0, timeless: 0 };
  const isRecent = (time: unknown) => {
    const timeMs = parseTime(time);
    if (Number.isNaN(timeMs)) counts.timeless++;
    return timeMs >= sinceMs;
  };
  const reading = readJsonl(sources);
  for await (const sample of reading) {
    if (typeof sample.score !== 'number' || !(holdsInput(sample) || isScoreLine(sample))) continue;
    if (lastMs !== undefined && !isRecent(sample.time)) continue;
    if (options.feature !== undefined && sample.version !== artifact.version) {
      counts.otherVersions++;
      continue;
    }
    counts.rows++;
    if (trace !== undefined && sample.traceId !== trace) continue;
    const isMatch = matches(sample);
    if (isMatch === undefined) counts.silent++;
    if (isMatch !== true) continue;
    counts.matching++;
    found.push(sample);
    if (found.length > 2 * limit) keepNewest(found, limit, sources.length > 1);
  }
  keepNewest(found, limit, sources.length > 1);
  const { show, describe } = createSampleView(artifact);
  for (const sample of found.map(show)) {
    if (json) writeJson(process.stdout, sample);
    else writeLines(process.stdout, describe(sample));
  }
  writeLines(process.stderr, [summary({ ...counts, damaged: reading.damaged }, found.length)]);
  return 0;
}

/** @param isMerged whether the rows are of several files: those of replicas overlap in time */
function keepNewest(found: Record<string, unknown>[], limit: number, isMerged: boolean): void {
  if (isMerged) found.sort((a, b) => parseTime(a.time) - parseTime(b.time) || 0);
  found.splice(0, Math.max(0, found.length - limit));
}

function summary(
  counts: Readonly<Record<'rows' | 'matching' | 'silent' | 'otherVersions' | 'timeless' | 'damaged', number>>,
  shown: number,
): string {
  const { matching, rows, silent, otherVersions, timeless, damaged } = counts;
  const text = `${formatCount(matching)} of ${formatAmount(rows, 'row')} ${matching === 1 ? 'matches' : 'match'}`;
  const newest = shown === 1 ? 'the newest is' : `the newest ${formatCount(shown)} are`;
  const parts = [
    shown < matching ? `${text}, ${newest} printed` : text,
    ...(silent > 0 ? [`${formatCount(silent)} without the feature`] : []),
    ...(otherVersions > 0 ? [`${formatCount(otherVersions)} of other versions left out`] : []),
    ...(timeless > 0 ? [`${formatCount(timeless)} without a time that can be read left out`] : []),
    ...(damaged > 0 ? [`${formatAmount(damaged, 'line')} that cannot be read left out`] : []),
  ];
  return parts.join('; ');
}

/** A service has written a row within this time of its answer, unless its disk is in trouble. */
const writtenMs = 2_000;

/** Waits until the rows of these ids have been written: a prediction may have been answered a moment ago. */
async function untilWritten(ids: ReadonlySet<string>): Promise<void> {
  const nowMs = Date.now();
  const ages = [...ids].flatMap((id) => nowMs - (readUnverified(id)?.timeMs ?? Number.NEGATIVE_INFINITY));
  const youngestMs = Math.min(...ages.filter((ageMs) => ageMs >= 0));
  if (youngestMs < writtenMs) await delay(writtenMs - youngestMs);
}

async function forget(options: Options): Promise<number> {
  const ids = new Set(options.forget);
  const keys = new Set(options['forget-key']);
  // a key does not tell how old its predictions are
  if (keys.size > 0) await delay(writtenMs);
  else await untilWritten(ids);
  const pathsOf = async (given: readonly string[] | undefined, setting: 'SAMPLES_PATH' | 'OUTCOMES_PATH') =>
    given === undefined
      ? allReplicaFiles(serviceSetting(setting))
      : (await Promise.all(given.map(expandPattern))).flat();
  const samples = await pathsOf(options.samples, 'SAMPLES_PATH');
  const outcomes = await pathsOf(options.outcomes, 'OUTCOMES_PATH');
  let deleted = 0;
  let failure: Error | undefined;
  const forgetIn = async (paths: readonly string[], leave?: Leave) => {
    for (const path of paths) {
      const forgotten = await forgetRows(path, ids, leave, (message) =>
        writeLines(process.stderr, [message]),
      );
      deleted += forgotten.deleted;
      failure ??= forgotten.failure;
    }
  };
  if (keys.size > 0) {
    for (const path of samples) for (const id of await findIdsOfKeys(path, keys)) ids.add(id);
  }
  // samples last: while they are there, their keys find the outcomes again
  await forgetIn(outcomes, forgetOutcome);
  await forgetIn(samples);
  writeLines(process.stdout, [`${deleted} ${deleted === 1 ? 'line' : 'lines'} deleted`]);
  if (failure !== undefined) throw failure;
  return deleted > 0 ? 0 : 1;
}

/** The files that a pattern matches; a path without one need not be there. */
async function expandPattern(source: string): Promise<string[]> {
  return /[*?[{]/.test(source) ? expand(source) : [source];
}

await runCli(help, async (args) => {
  const options = readOptions(args);
  return forgets(options) ? forget(options) : printRows(options);
});

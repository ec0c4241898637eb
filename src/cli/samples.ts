import { setTimeout as delay } from 'node:timers/promises';
import { listRotatedFiles } from '../files/rotated-files.ts';
import { type Artifact, loadArtifact, scoreFeature } from '../model/artifact.ts';
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
import { findOneName } from '../text/column-names.ts';
import { formatAmount, formatCount } from '../text/format.ts';
import { writeJson, writeLines } from '../text/terminal.ts';
import { parseTime } from '../times/parse-time.ts';
import type { Values } from './command.ts';
import type { options as table } from './commands/samples.ts';
import { UsageError } from './run-cli.ts';
import { allReplicaFiles, modelFile, replicaFiles, serviceSetting, thoseThere } from './service-settings.ts';
import { readPeriod } from './time-options.ts';

function readOptions(values: Values<typeof table>) {
  if (values.outcomes !== undefined && !forgets(values)) {
    throw new UsageError('--outcomes goes with --forget or --forget-key');
  }
  if (values['forget-key']?.includes(redacted)) {
    throw new UsageError(
      `--forget-key: ${redacted} stands for any key that the model withholds; use --forget`,
    );
  }
  const limit = Number(values.limit ?? '20');
  if (!(Number.isSafeInteger(limit) && limit > 0)) {
    throw new UsageError(`--limit is a whole number above 0, not '${values.limit}'`);
  }
  return { ...values, ...readPeriod(values, null), limit };
}

function forgets(options: Pick<Values<typeof table>, 'forget' | 'forget-key'>): boolean {
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

/** Splits `--bin` at the `=` behind the name of a feature; names may hold one, too. */
function splitBin(text: string, artifact: Artifact): [feature: string, bin: string] {
  const names = [...artifact.features.map(({ name }) => name), scoreFeature];
  const splits = [...text.matchAll(/=/g)].map(({ index }): [string, string] => [
    text.slice(0, index).trim(),
    text.slice(index + 1).trim(),
  ]);
  const found = splits.find(([name]) => findOneName(name, names) !== undefined) ?? splits[0];
  if (found !== undefined) return found;
  throw new UsageError(`--bin is FEATURE=BIN, as in history=unseen, not '${text}'`);
}

function matcherOf(artifact: Artifact, { bin }: Options): RowMatcher {
  if (bin === undefined) return () => true;
  try {
    return createRowMatcher(artifact, ...splitBin(bin, artifact));
  } catch (error) {
    throw error instanceof RowMatchError ? new UsageError(`--bin: ${error.message}`) : error;
  }
}

async function printRows(options: Options): Promise<number> {
  const { trace, limit, json } = options;
  const { sinceMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = options;
  const isTimed = options.sinceMs !== undefined || options.untilMs !== undefined;
  const artifact = await loadArtifact(await modelFile(options.model));
  const matches = matcherOf(artifact, options);
  const sources = await findSources(options.live, sinceMs);
  const found: Record<string, unknown>[] = [];
  const counts = { rows: 0, matching: 0, silent: 0, foreign: 0, otherVersions: 0, timeless: 0 };
  const isWithin = (time: unknown) => {
    const timeMs = parseTime(time);
    if (Number.isNaN(timeMs)) counts.timeless++;
    return timeMs >= sinceMs && timeMs < untilMs;
  };
  const reading = readJsonl(sources);
  for await (const sample of reading) {
    if (typeof sample.score !== 'number' || !(holdsInput(sample) || isScoreLine(sample))) {
      counts.foreign++;
      continue;
    }
    if (isTimed && !isWithin(sample.time)) continue;
    if (options.bin !== undefined && sample.version !== artifact.version) {
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

type Count = 'rows' | 'matching' | 'silent' | 'foreign' | 'otherVersions' | 'timeless' | 'damaged';

function summary(counts: Readonly<Record<Count, number>>, shown: number): string {
  const { matching, rows, silent, foreign, otherVersions, timeless, damaged } = counts;
  const text = `${formatCount(matching)} of ${formatAmount(rows, 'row')} ${matching === 1 ? 'matches' : 'match'}`;
  const newest = shown === 1 ? 'the newest is' : `the newest ${formatCount(shown)} are`;
  const parts = [
    shown < matching ? `${text}, ${newest} printed` : text,
    ...(silent > 0 ? [`${formatCount(silent)} without the feature`] : []),
    ...(foreign > 0
      ? [`${formatAmount(foreign, 'line')} that ${foreign === 1 ? 'is' : 'are'} no sample left out`]
      : []),
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
  const samples = await pathsOf(options.live, 'SAMPLES_PATH');
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

export async function run(values: Values<typeof table>): Promise<number> {
  const options = readOptions(values);
  return forgets(options) ? forget(options) : printRows(options);
}

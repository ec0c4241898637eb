import { redacted } from '../../model/disclosure.ts';
import { createValueReader } from '../../model/row.ts';
import { type LineTally, readRecords } from '../../samples/read-samples.ts';
import { asObject, holdsInput, isOutcomeLine, isScore, isScoreLine } from '../../samples/sample-shape.ts';
import { findName } from '../../text/column-names.ts';
import { dateOrderOf } from '../../times/parse-time.ts';
import { createJsonProfiler, type JsonProfile } from './profile-json.ts';
import { emptyRow, type Row, type RowSource, timeColumn, type WantedColumn } from './rows.ts';

type Json = Record<string, unknown>;

/**
 * Opens JSONL: sample lines as the service writes them, or plain objects of feature values, which may be called as the
 * fields of a sample are. Sample lines show what they hold by the first ones, unless all of their dates are needed to
 * tell which number is the day; plain objects are gone through twice.
 *
 * @param readBytes gives the bytes from their beginning, each time it is called
 * @param learnTime called with what the rows say of their time, before any is read
 */
export async function openSampleRows(
  readBytes: () => AsyncIterable<Buffer>,
  name: string,
  tally: LineTally,
  learnTime?: (value: unknown) => void,
): Promise<RowSource> {
  const profile = await profileRecords(readBytes(), name, learnTime);
  return {
    name,
    columns: profile.columns,
    areRequests: !profile.isPlain,
    holdsBins: profile.holdsBins,
    async read(wanted, visit) {
      const names = profile.columns.map((column) => column.name);
      if (
        profile.isPlain &&
        names.length > 0 &&
        wanted.length > 0 &&
        wanted.every((one) => findName(one.name, names) === undefined)
      ) {
        throw new Error(
          `${name}: no line has one of ${wanted.map((one) => one.name).join(', ')}, but ${names.join(', ')}`,
        );
      }
      const reading = createReading(profile, wanted);
      const refuse = (record: Json) => refuseRecord(record, profile.isPlain);
      for await (const records of readRecords(readBytes(), name, tally, refuse)) {
        for (const record of records) visit(reading(record));
      }
    },
  };
}

async function profileRecords(
  bytes: AsyncIterable<Buffer>,
  name: string,
  learnTime?: (value: unknown) => void,
): Promise<JsonProfile> {
  const profiler = createJsonProfiler();
  const uncounted: LineTally = { lines: 0, damaged: 0, faults: [] };
  let hasDatesToTell = false;
  for await (const records of readRecords(bytes, name, uncounted)) {
    for (const record of records) {
      profiler.add(record);
      learnTime?.(record.time);
      hasDatesToTell ||= learnTime !== undefined && dateOrderOf(record.time) !== null;
    }
    if (profiler.isSettled && !hasDatesToTell) break;
  }
  return profiler.finish();
}

function refuseRecord(record: Json, isPlain: boolean): string | undefined {
  if (isOutcomeLine(record)) return 'an outcome, not a sample';
  if (holdsInput(record)) return undefined;
  if (!isPlain) return isScoreLine(record) ? undefined : 'neither features nor a score';
  const values = Object.values(record);
  if (values.length === 0 || values.some((value) => typeof value !== 'object' || value === null))
    return undefined;
  return 'its fields hold objects or arrays, not values: write one object a row';
}

function readNumber(value: unknown): number | null | undefined {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined) return null;
  return value === redacted ? undefined : Number.NaN;
}

function readCategory(value: unknown): unknown {
  return value === redacted ? undefined : (value ?? null);
}

/** Makes the function that turns a record into a row, the same object each time. */
function createReading(
  { isPlain, columns }: JsonProfile,
  wanted: readonly WantedColumn[],
): (record: Json) => Row {
  const row = emptyRow();
  const values = new Array<unknown>(wanted.length).fill(null);
  const names = columns.map(({ name }) => name);
  const readers = wanted.map(({ name, kind }) => {
    const read = createValueReader(findName(name, names) ?? name);
    return kind === 'numeric'
      ? (features: Json) => readNumber(read(features))
      : (features: Json) => readCategory(read(features));
  });
  const isTimeFeature = [...columns, ...wanted].some(({ name }) => name === timeColumn);

  function takeValues(features: Readonly<Json> | null): void {
    row.values = features && values;
    for (let i = 0; features !== null && i < readers.length; i++) values[i] = readers[i](features);
  }

  return (record) => {
    const isSample = holdsInput(record) || !isPlain;
    const features = isSample ? asObject(record.features) : record;
    takeValues(features);
    row.bins = features === null ? asObject(record.bins) : null;
    row.outside = (isSample && asObject(record.outside)) || {};
    row.time = isSample || !isTimeFeature ? record.time : null;
    row.version = isSample && typeof record.version === 'string' ? record.version : null;
    row.score = isSample && isScore(record.score) ? record.score : null;
    row.prediction = isSample && typeof record.prediction === 'string' ? record.prediction : null;
    return row;
  };
}

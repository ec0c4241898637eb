import { redacted } from '../model/disclosure.ts';
import { type LineTally, readRecords } from '../samples/read-samples.ts';
import { type ColumnProfile, emptyRow, profileRows, type Row, type RowSource, type Wanted } from './rows.ts';

type Json = Record<string, unknown>;

/** Opens JSONL: sample lines as the service writes them, or plain objects of feature values. */
export async function openSampleRows(
  bytes: AsyncIterable<Buffer>,
  name: string,
  tally: LineTally,
): Promise<RowSource> {
  const batches = readRecords(bytes, name, tally, refuse);
  const head: Json[] = [];
  while (head.length < profileRows) {
    const next = await batches.next();
    if (next.done) break;
    head.push(...next.value);
  }
  return {
    name,
    columns: profileColumns(head),
    isTable: false,
    holdsBins: head.length > 0 && asObject(head[0].bins) !== null,
    async read(wanted, visit) {
      const row = emptyRow();
      const values = new Array<unknown>(wanted.length).fill(null);
      const visitRecord = (record: Json) => {
        fillRow(row, values, record, wanted);
        visit(row);
      };
      for (const record of head.splice(0)) visitRecord(record);
      for await (const records of batches) records.forEach(visitRecord);
    },
  };
}

function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

const ownKeys = ['time', 'id', 'traceId', 'model', 'version', 'score', 'prediction', 'bins', 'outside'];

function isSample(record: Json): boolean {
  return asObject(record.features) !== null || asObject(record.bins) !== null || 'score' in record;
}

function refuse(record: Json): string | undefined {
  if ('outcome' in record && 'predictedAt' in record) return 'an outcome, not a sample';
  if (isSample(record) || Object.keys(record).some((key) => !ownKeys.includes(key))) return undefined;
  return 'neither features nor a score';
}

/** The feature values of a line; a plain object holds them itself. */
function featuresOf(record: Json): Json | null {
  return asObject(record.features) ?? (isSample(record) ? null : record);
}

function profileColumns(records: readonly Json[]): ColumnProfile[] {
  const profiles = new Map<string, { present: number; numbers: number }>();
  for (const record of records) {
    const features = featuresOf(record) ?? {};
    for (const [name, value] of Object.entries(features)) {
      if (features === record && ownKeys.includes(name)) continue;
      const profile = profiles.get(name) ?? { present: 0, numbers: 0 };
      profiles.set(name, profile);
      if (value === null || value === redacted) continue;
      profile.present++;
      if (typeof value === 'number') profile.numbers++;
    }
  }
  return [...profiles].map(([name, profile]) => ({ name, ...profile }));
}

function readNumber(value: unknown): number | null | undefined {
  if (typeof value === 'number') return value;
  if (value === null || value === undefined) return null;
  return value === redacted ? undefined : Number.NaN;
}

function readCategory(value: unknown): unknown {
  return value === redacted ? undefined : (value ?? null);
}

function fillRow(row: Row, values: unknown[], record: Json, wanted: readonly Wanted[]): void {
  const features = featuresOf(record);
  row.values = features && values;
  for (let i = 0; features !== null && i < wanted.length; i++) {
    const { name, kind } = wanted[i];
    values[i] = kind === 'numeric' ? readNumber(features[name]) : readCategory(features[name]);
  }
  row.bins = features === null ? asObject(record.bins) : null;
  row.outside = asObject(record.outside) ?? {};
  row.time = record.time;
  row.version = typeof record.version === 'string' ? record.version : null;
  row.score = typeof record.score === 'number' ? record.score : null;
  row.prediction = typeof record.prediction === 'string' ? record.prediction : null;
}

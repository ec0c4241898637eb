import { redacted } from '../../model/disclosure.ts';
import { asObject, holdsInput, isOutcomeLine, isScoreLine } from '../../samples/sample-shape.ts';
import { isMissingText, plainText } from '../../stats/category-text.ts';
import { textsKept } from '../../tables/collect-texts.ts';
import { isMark } from '../../tables/column-evidence.ts';
import { type ColumnProfile, saysWhen, timeColumn } from './rows.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the records of a file are. */
export type JsonProfile = {
  readonly columns: readonly ColumnProfile[];
  /** Whether there are rows of data, and not only samples. */
  readonly isPlain: boolean;
  /** Whether the records hold bins instead of values, by the first of them. */
  readonly holdsBins: boolean;
};

type Column = { name: string; present: number; numbers: number; texts: string[] };

/** So many samples show what is in all of them. */
const profileRows = 2000;

/** Collects what records say about themselves, one after the other. */
export function createJsonProfiler() {
  const columns = new Map<string, Column>();
  let records = 0;
  let plain = 0;
  let holdsBins = false;

  function addColumns(features: Json): void {
    for (const [name, value] of Object.entries(features)) {
      let column = columns.get(name);
      if (column === undefined) {
        column = { name, present: 0, numbers: 0, texts: [] };
        columns.set(name, column);
      }
      if (value === null || value === redacted) continue;
      if (typeof value === 'number') {
        column.present++;
        column.numbers++;
      } else {
        const text = plainText(String(value));
        if (isMissingText(text)) continue;
        if (!isMark(text)) column.present++;
      }
      if (column.texts.length < textsKept) column.texts.push(String(value));
    }
  }

  return {
    add(record: Json): void {
      if (isOutcomeLine(record)) return;
      if (records++ === 0) holdsBins = asObject(record.bins) !== null;
      if (holdsInput(record)) addColumns(asObject(record.features) ?? {});
      else if (!isScoreLine(record)) {
        plain++;
        addColumns(record);
      }
    },
    /** Whether later records can say no more: samples all have the same fields, though some were missing so far. */
    get isSettled(): boolean {
      if (records < profileRows || plain > 0) return false;
      return [...columns.values()].every(({ present }) => present > 0);
    },
    finish(): JsonProfile {
      const isPlain = plain > 0;
      return {
        isPlain,
        holdsBins,
        columns: [...columns.values()].filter(
          (column) => !(isPlain && column.name === timeColumn && saysWhen(column)),
        ),
      };
    },
  };
}

import { createHash } from 'node:crypto';
import { createDisclosure } from '../model/disclosure.ts';
import { canonicalCategory } from '../stats/category-text.ts';
import { cellText, createCategoryCellReader, createNumberCellReader } from '../tables/cells.ts';
import {
  addEvidence,
  type ColumnEvidence,
  countEvidence,
  createColumnEvidence,
} from '../tables/column-evidence.ts';
import { judgeNotations, type Notation } from '../tables/judge-notations.ts';
import type { DecimalSign } from '../tables/numbers.ts';
import { openTableFile, placeInTable } from '../tables/read-table.ts';
import { suspicionOf } from '../tables/suspicious-columns.ts';
import type { Column, TrainingSet } from '../training/training-set.ts';

export type TrainingSetOptions = {
  readonly target: string;
  readonly positive: string;
  /** All columns but the target when left out. */
  readonly features?: readonly string[] | undefined;
  /** Columns of numbers that are codes, not amounts. */
  readonly categorical: readonly string[];
  /** Columns that are used though they look like ids or dates. */
  readonly allowIds: readonly string[];
  /** Columns whose values no message may quote. */
  readonly sensitive: readonly string[];
  /** Decimal sign of all numbers; found out for each column when left out. */
  readonly decimalSign?: DecimalSign | undefined;
};

/** One column as it stands in the file. */
type TextColumn = {
  readonly name: string;
  readonly cells: string[];
  readonly evidence: ColumnEvidence;
  readonly notation: Notation;
};

type TextColumns = {
  /** What to call the file in errors. */
  readonly path: string;
  /** The target first. */
  readonly columns: TextColumn[];
  /** The line of each row. */
  readonly lines: number[];
  readonly digest: string;
};

/** Reads the columns that are asked for. */
async function readColumns<Options extends TrainingSetOptions>(
  path: string,
  makeOptions: (header: readonly string[]) => Options,
): Promise<TextColumns & { readonly options: Options }> {
  const hash = createHash('sha256');
  const table = await openTableFile(path, { onBytes: (bytes) => hash.update(bytes) });
  const { name } = table;
  const options = makeOptions(table.columns);
  const chosen = selectColumns(name, table.columns, options);
  const places = chosen.map((name) => table.columns.indexOf(name));
  const evidence = chosen.map(createColumnEvidence);
  const cells: string[][] = places.map(() => []);
  const lines: number[] = [];
  for await (const batch of table.batches) {
    for (const [i, row] of batch.rows.entries()) {
      for (const [column, place] of places.entries()) {
        addEvidence(evidence[column], row[place], batch.lines[i]);
        cells[column].push(row[place]);
      }
      lines.push(batch.lines[i]);
    }
  }
  if (lines.length === 0) throw new Error(`${name}: has a header but no rows`);
  const notations = judgeNotations(evidence, table.delimiter, options.decimalSign);
  return {
    path: name,
    options,
    columns: chosen.map((name, i) => ({
      name,
      cells: cells[i],
      evidence: evidence[i],
      notation: notations[i],
    })),
    lines,
    digest: hash.digest('hex'),
  };
}

function readOutcomes(
  { path, lines }: TextColumns,
  column: TextColumn,
  given: string,
): Pick<TrainingSet, 'target' | 'outcomes'> {
  const { name } = column;
  const cells = readCategories(column);
  const positive = canonicalCategory(given);
  const classes = new Set<string>();
  for (const [i, cell] of cells.entries()) {
    const place = placeInTable(path, lines[i], name);
    if (cell === null) throw new Error(`${place}the target is missing: leave out rows without one`);
    classes.add(cell);
    if (classes.size > 2) {
      const others = [...classes].slice(0, 2).map((value) => `'${value}'`);
      throw new Error(
        `${place}a third value, '${cell}', beside ${others.join(' and ')}: the target must have two`,
      );
    }
  }
  const found = [...classes].map((value) => `'${value}'`).join(' and ');
  const place = placeInTable(path, lines[0], name);
  if (classes.size < 2) throw new Error(`${place}only one class, ${found}: the target must have two values`);
  if (!classes.has(positive)) {
    throw new Error(`${place}no row is '${positive}', the classes are ${found}: choose one with --positive`);
  }
  const negative = [...classes].find((value) => value !== positive) as string;
  for (const label of [positive, negative]) {
    const first = cells.indexOf(label);
    if (cells.indexOf(label, first + 1) < 0) {
      throw new Error(
        `${placeInTable(path, lines[first], name)}the only row of the class '${label}': two are needed to evaluate`,
      );
    }
  }
  return {
    target: { column: name, positive, negative },
    outcomes: Uint8Array.from(cells.map((cell) => (cell === positive ? 1 : 0))),
  };
}

/** The categories of a column, each by its canonical text; `null` where they are missing. */
function readCategories({ cells, notation }: TextColumn): (string | null)[] {
  const read = createCategoryCellReader(notation.decimalSign);
  const canonical = new Map<string, string>();
  return cells.map((cell) => {
    const text = read(cell);
    if (text === null) return null;
    const known = canonical.get(text) ?? canonicalCategory(text);
    canonical.set(text, known);
    return known;
  });
}

/** A column is of numbers when most of its cells that say what it is are; then the others are faults, not categories. */
function typeColumn(table: TextColumns, place: number, options: TrainingSetOptions): Column {
  const { path, lines } = table;
  const column = table.columns[place];
  const { name, cells, notation } = column;
  const first = placeInTable(path, lines[0], name);
  const { isWithheld } = createDisclosure(options);
  const counted = countEvidence(column.evidence);
  const numeric = counted.numbers > counted.present / 2 && !options.categorical.includes(name);
  const values: readonly (number | string | null)[] = numeric
    ? cells.map(createNumberCellReader(notation.decimalSign, notation.unit))
    : readCategories(column);
  if (numeric && notation.problem !== null) {
    const { line, message, withoutValues } = notation.problem;
    throw new Error(placeInTable(path, line, name) + (isWithheld(name) ? withoutValues : message));
  }
  const present = cells.filter((_, i) => values[i] !== null).map(cellText);
  if (present.length === 0) throw new Error(`${first}is empty: leave it out of --features`);
  const missing = present.length < cells.length;
  const numbers = Float64Array.from(
    values.filter((value) => typeof value === 'number' && !Number.isNaN(value)) as number[],
  );

  if (!options.allowIds.includes(name)) {
    const what = suspicionOf(name, present, numeric ? numbers : undefined);
    if (what !== null) {
      throw new Error(
        `${first}looks like ${what}, which say nothing about new rows: leave it out of --features, or use it all the same with --allow-ids ${name}`,
      );
    }
  }
  const valid = values.filter((value) => value !== null && !Number.isNaN(value));
  if (valid.every((value) => value === valid[0]) && (numeric || !missing)) {
    throw new Error(
      `${first}is constant, always ${isWithheld(name) ? 'the same value' : `'${present[0]}'`}: leave it out of --features`,
    );
  }
  if (!numeric) return { name, kind: 'categorical', values: values as (string | null)[] };
  const fault = values.findIndex((value) => Number.isNaN(value));
  if (fault >= 0) {
    throw new Error(
      `${placeInTable(path, lines[fault], name)}${isWithheld(name) ? 'a value' : `'${cellText(cells[fault])}'`} is not a number, as most of the column is: correct it, leave the cell empty, or treat the column as categories with --categorical ${name}`,
    );
  }
  return {
    name,
    kind: 'numeric',
    values: Float64Array.from(values as number[], (value) => value ?? Number.NaN),
  };
}

/** The columns to read, the target first. @throws Error for one that is not in the header */
function selectColumns(
  path: string,
  header: readonly string[],
  { target, features: given, categorical, allowIds }: TrainingSetOptions,
): string[] {
  const features = given ?? header.filter((column) => column !== target);
  for (const column of [target, ...features, ...categorical, ...allowIds]) {
    if (!header.includes(column)) {
      throw new Error(`${placeInTable(path, 1, column)}no such column, the header has ${header.join(', ')}`);
    }
  }
  if (features.length === 0) throw new Error(`${path}:1: no column but the target, ${target}`);
  return [target, ...features];
}

/**
 * Reads a training set from a file of delimited text.
 *
 * @param makeOptions gets the names of the columns
 * @throws Error `file:line: column name: …` for anything that would make a wrong or useless model, and what
 * `makeOptions` throws
 */
export async function readTrainingSet<Options extends TrainingSetOptions>(
  path: string,
  makeOptions: (header: readonly string[]) => Options,
): Promise<{ readonly set: TrainingSet; readonly options: Options }> {
  const table = await readColumns(path, makeOptions);
  const { options } = table;
  const outcomes = readOutcomes(table, table.columns[0], options.positive);
  const columns = table.columns.slice(1).map((_, i) => typeColumn(table, i + 1, options));
  return { set: { columns, ...outcomes, dataDigest: `sha256:${table.digest}` }, options };
}

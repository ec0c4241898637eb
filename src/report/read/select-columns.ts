import type { Artifact } from '../../model/artifact.ts';
import { textsKept } from '../../tables/collect-texts.ts';
import { suspicionOf } from '../../tables/suspicious-columns.ts';
import { type ColumnProfile, type RowSource, type WantedColumn, wantedFeature } from './rows.ts';

/** The columns to compare, and what is said about those that were left out. */
export type Selection = {
  readonly wanted: readonly WantedColumn[];
  /** The names of all columns there are. */
  readonly all: readonly string[];
  readonly notes: readonly string[];
};

/** Picks features from the names there are. @throws for one that is not there */
export type ChooseFeatures = (names: readonly string[]) => readonly string[];

/**
 * The names that are chosen and not excluded.
 *
 * @param choose `null` chooses all
 * @param exclude `null` excludes none
 * @throws Error when none is left, and what these throw
 */
export function chooseNames(
  names: readonly string[],
  choose: ChooseFeatures | null,
  exclude: ChooseFeatures | null,
): readonly string[] {
  const excluded = exclude?.(names) ?? [];
  const chosen = (choose?.(names) ?? names).filter((name) => !excluded.includes(name));
  if (chosen.length === 0 && names.length > 0) throw new Error('--exclude leaves no feature to compare');
  return chosen;
}

/**
 * Selects the columns of a reference: the model's features; without a model all columns of the first file but those
 * that name rows or say when they were, by the same rule as training. What is chosen by name is taken as it is.
 *
 * @param sources the files of the reference: all of them tell what a column holds
 * @throws Error when no column is left, and what `choose` and `exclude` throw
 */
export function selectColumns(
  sources: readonly RowSource[],
  artifact: Artifact | null,
  choose: ChooseFeatures | null,
  exclude: ChooseFeatures | null = null,
): Selection {
  const source = { ...sources[0], columns: joinProfiles(sources) };
  const all: readonly WantedColumn[] =
    artifact?.features.map((feature) => wantedFeature(feature, artifact)) ?? source.columns.map(judge);
  const names = all.map(({ name }) => name);
  const chosen = chooseNames(names, choose, exclude);
  const wanted = chosen.flatMap((name) => all.filter((column) => column.name === name));
  if (choose !== null || artifact !== null) return { wanted, all: names, notes: [] };
  return { all: names, ...setAside(source, wanted) };
}

/** The names of a selection, and of the columns of the first file beside the model's features. */
export function allColumns(names: readonly string[], [first]: readonly RowSource[]): string[] {
  return [...new Set([...names, ...first.columns.map(({ name }) => name)])];
}

/** How columns are read that need not be among the compared ones. @param names some of `allColumns` */
export function selectNamed(
  names: readonly string[],
  sources: readonly RowSource[],
  artifact: Artifact | null,
): WantedColumn[] {
  const profiles = joinProfiles(sources);
  return names.flatMap((name) => {
    const feature = artifact?.features.find((each) => each.name === name);
    if (artifact !== null && feature !== undefined) return wantedFeature(feature, artifact);
    return profiles.filter((profile) => profile.name === name).map(judge);
  });
}

function joinProfiles([first, ...others]: readonly RowSource[]): ColumnProfile[] {
  return first.columns.map((column) => {
    const profiles = [
      column,
      ...others.flatMap(({ columns }) => columns.filter(({ name }) => name === column.name)),
    ];
    return {
      name: column.name,
      present: profiles.reduce((sum, { present }) => sum + present, 0),
      numbers: profiles.reduce((sum, { numbers }) => sum + numbers, 0),
      texts: profiles.flatMap(({ texts }) => texts).slice(0, textsKept),
    };
  });
}

/** A column is of numbers when most of its values are. */
function judge({ name, numbers, present }: ColumnProfile): WantedColumn {
  return { name, kind: numbers > present / 2 ? 'numeric' : 'categorical' };
}

function setAside(source: RowSource, all: readonly WantedColumn[]): Pick<Selection, 'wanted' | 'notes'> {
  const suspicions = all.map(({ name, kind }) => {
    const texts = source.columns.find((column) => column.name === name)?.texts ?? [];
    return suspicionOf(name, texts, kind === 'numeric' ? Float64Array.from(texts, Number) : undefined);
  });
  const wanted = all.filter((_, i) => suspicions[i] === null);
  const namesOf = (kind: 'ids' | 'dates') =>
    all.filter((_, i) => suspicions[i] === kind).map(({ name }) => name);
  const [ids, dates] = [namesOf('ids'), namesOf('dates')];
  if (wanted.length === 0 && all.length > 0) {
    const found = [
      ...ids.map((name) => `${name} looks like ids`),
      ...dates.map((name) => `${name} looks like dates`),
    ];
    throw new Error(
      `${source.name}: no column to compare: ${found.join(', ')}: name them in --features all the same`,
    );
  }
  return { wanted, notes: [...describeSetAside(ids, 'ids'), ...describeSetAside(dates, 'dates')] };
}

function describeSetAside(names: readonly string[], what: 'ids' | 'dates'): string[] {
  if (names.length === 0) return [];
  const [verb, look, them] = names.length === 1 ? ['is', 'it looks', 'it'] : ['are', 'they look', 'them'];
  return [
    `${listed.format(names)} ${verb} left out: ${look} like ${what}, which say nothing about new rows. To compare ${them} all the same, name ${them} in --features.`,
  ];
}

const listed = new Intl.ListFormat('en');

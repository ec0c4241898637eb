/**
 * How a text says that its value is missing: what pandas reads so by default (`read_csv`), which includes what R and
 * Excel write, but for `None`, a category of many tables. In a table, a quoted cell is always a text; one that the model or the
 * reference knows as a category is that category (`NA` is Namibia).
 */
const missingTexts: ReadonlySet<string> = new Set([
  '',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '<NA>',
  'NaN',
  'nan',
  '-NaN',
  '-nan',
  'NULL',
  'null',
  '1.#IND',
  '-1.#IND',
  '1.#QNAN',
  '-1.#QNAN',
]);

/** The texts that mean a missing value, unless a category has that name. */
export const missingMarks: readonly string[] = [...missingTexts];

const longestMark = Math.max(...missingMarks.map(({ length }) => length));

/** Whether a text means a missing value, ignoring spaces and invisible characters around it. */
export function isMissingText(text: string): boolean {
  if (text.length <= longestMark && missingTexts.has(text)) return true;
  return beyondAscii.test(text) && missingTexts.has(plainText(text));
}

/** A regular expression for all of these but the empty one. */
export function markPattern(marks: readonly string[]): string {
  const texts = marks.filter((mark) => mark !== '');
  return texts.map((text) => text.replaceAll('.', String.raw`\.`)).join('|');
}

/** Spaces that look like one: no-break, en, thin, figure, ideographic and so on. */
const unusualSpaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
/** Invisible characters: soft hyphen, zero-width space, word joiner, byte order mark, direction marks. */
const invisible = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
const minusSign = /\u2212/g;

/**
 * The pattern of texts that mean a missing value, with any spaces around them, for JSON Schema. Matching takes linear
 * time for any text.
 *
 * @param categories texts that do not mean a missing value because they are categories
 */
export function missingPattern(categories: readonly string[]): string {
  const unseen = `[\\s${invisible.source.slice(1)}*`;
  const marks = missingMarks.filter((mark) => !categories.includes(mark));
  return `^${unseen}(?:(?:${markPattern(marks)})${unseen})?$`;
}

const beyondAscii = /[^\0-\x7f]/;
/**
 * Longer texts are taken as they are: nobody spells a name of this length in two ways, and the time to compose accents
 * grows with the square of the number stacked on one letter – minutes for a text of a megabyte.
 */
const longestComposed = 1_000;
/** A whole number stored as a fraction, as happens to a column of codes when one of them is missing. */
const wholeFraction = /^-?\d+\.0*$/;
const plainNumber = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
const truthValue = /^(true|false)$/i;

/**
 * A text without surrounding spaces and invisible characters, with ordinary spaces and minus signs, composed (Unicode
 * NFC). A text of more than 1,000 characters only loses the surrounding spaces.
 */
export function plainText(text: string): string {
  const trimmed = text.trim();
  if (trimmed.length > longestComposed || !beyondAscii.test(trimmed)) return trimmed;
  const composed = trimmed.replace(invisible, '').normalize('NFC');
  return composed.replace(unusualSpaces, ' ').replace(minusSign, '-').trim();
}

/**
 * The text by which a category is known, however it was written: as `plainText` gives it, `1` for `1.0`, `0` for `-0`,
 * `true` for `True` and `TRUE`. Numbers and booleans of JSON are treated as their text.
 */
export function canonicalCategory(value: unknown): string {
  let text = plainText(typeof value === 'string' ? value : String(value));
  if (wholeFraction.test(text)) text = text.slice(0, text.indexOf('.'));
  if (text === '-0') return '0';
  return truthValue.test(text) ? text.toLowerCase() : text;
}

/**
 * The number that a canonical text stands for: 1.5 for `1.50`, 7 for `007`. `undefined` for anything else, including
 * `+1`, and for numbers too large to be distinguished from their neighbours.
 */
export function codeOf(canonical: string): number | undefined {
  if (!plainNumber.test(canonical)) return undefined;
  const code = Number(canonical);
  return Math.abs(code) <= Number.MAX_SAFE_INTEGER ? code : undefined;
}

/** Whether a canonical text is a boolean, as JSON writes it. */
export function isTruthValue(canonical: string): boolean {
  return canonical === 'true' || canonical === 'false';
}

/** Finds what belongs to a category: `null` for a missing value, `undefined` for a category that is not known. */
export type CategoryIndex<T> = (value: unknown) => T | null | undefined;

/**
 * Makes the index of categories: the one rule by which values of tables, JSON and samples are matched to them. A value
 * is the category with exactly its text; failing that, the one with the same canonical text; failing that, the only one
 * that is the same number (see `codeOf`), because JSON, spreadsheets and data frames drop leading and trailing zeros. A
 * known category costs one look-up and allocates nothing.
 *
 * @param entries the categories, each with what belongs to it; if two share one canonical text, values that exactly
 * match neither are taken as the first
 */
export function indexCategories<T>(entries: readonly (readonly [category: string, T])[]): CategoryIndex<T> {
  const index = new Map<unknown, T>(entries);
  const add = (key: unknown, found: T) => index.has(key) || index.set(key, found);
  for (const [category, found] of entries) {
    const canonical = canonicalCategory(category);
    add(canonical, found);
    const known = index.get(canonical) ?? found;
    // Stryker disable next-line all: the same is found by the text
    if (isTruthValue(canonical)) add(canonical === 'true', known);
    const code = codeOf(canonical);
    // Stryker disable next-line all: the same is found by the text
    if (code !== undefined && String(code) === canonical) add(code, known);
  }
  for (const [code, found] of uniqueCodes(entries)) add(code, found);
  return (value) => {
    const found = index.get(value);
    if (found !== undefined) return found;
    if (value === null || value === undefined) return null;
    // a list could have the same text as a category, or be nested too deeply to be converted to text
    if (typeof value === 'object') return undefined;
    const canonical = canonicalCategory(value);
    const known = index.get(canonical);
    if (known !== undefined) return known;
    return isMissingText(canonical) ? null : index.get(codeOf(canonical));
  };
}

/** The numbers that categories stand for, without those shared by several categories. */
function uniqueCodes<T>(entries: readonly (readonly [category: string, T])[]): Map<number, T> {
  const codes = new Map<number, T>();
  const shared = new Set<number>();
  for (const [category, found] of entries) {
    const code = codeOf(canonicalCategory(category));
    if (code === undefined) continue;
    if (codes.has(code) && codes.get(code) !== found) shared.add(code);
    codes.set(code, found);
  }
  for (const code of shared) codes.delete(code);
  return codes;
}

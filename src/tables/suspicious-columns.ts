import { looksLikeTime, parseTime } from '../times/parse-time.ts';

/** Fewer rows than this show no pattern: five ages in order are not ids. */
const minRows = 20;
/** If more than this share of the texts are distinct, they identify single rows. */
const distinctShare = 0.9;
/** Under a name like `id` a smaller share is enough: each occurs two or three times. */
const repeatedIdShare = 1 / 3;
/** This many distinct texts can still be categories of a small table. */
const maxCategories = 20;

const idNames = [/(^|[^a-z])(id|uuid|guid)$/i, /[a-z](Id|ID|Uuid|UUID)$/];
const numberNames = [/(^|[^a-z])(key|index|row|nr|no|number|phone)$/i, /[a-z](Key|Nr|No|Number|Phone)$/];
/** UUIDs, e-mail addresses, and digests of 64 bits or more. */
const idText =
  /^(?:\{?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\}?|[^\s@]+@[^\s@]+\.[^\s@]+|(?=\d*[a-f])[\da-f]{16,})$/i;
/** Amounts are shorter. */
const longNumber = /^\d{12,}$/;

/**
 * Whether all texts have the same number of digits, and are not amounts: some have leading zeros, or there are very
 * many digits.
 */
function areNumbered(texts: readonly string[]): boolean {
  const [{ length }] = texts;
  const isAlike = texts.every((text) => text.length === length && /^\d\d+$/.test(text));
  return isAlike && (longNumber.test(texts[0]) || texts.some((text) => text.startsWith('0')));
}

const timeNames = [
  /(date|time|timestamp|day|epoch|[^a-z]at)$/i,
  /(^|[^a-z])(created|updated|modified|ts)$/i,
  /[a-z](At|On|Ts)$/,
];

/** Seconds since 1970 and their fractions; under another name they are numbers. */
const epoch = /^[12]\d{9}(\d{3}|\d{6}|\d{9})?(\.\d*)?$/;
/** Days such as 20260131; other eight-digit numbers do not have a plausible year. */
const compactDate = /^(19|20)\d{6}$/;

function looksLikeDate(text: string, isTime: boolean): boolean {
  if (compactDate.test(text)) return !Number.isNaN(parseTime(text));
  return looksLikeTime(text) || (isTime && epoch.test(text));
}

/** Whether nearly all texts are dates in any notation, or times since 1970 under a name that says so. */
export function looksLikeDates(name: string, texts: readonly string[]): boolean {
  const isTime = timeNames.some((end) => end.test(name));
  const others = texts.length * (1 - distinctShare);
  let found = 0;
  for (const text of texts) if (!looksLikeDate(text, isTime) && ++found >= others) return false;
  return texts.length > 0;
}

/**
 * Whether a column identifies its rows instead of describing them: nearly all texts distinct; whole numbers that count
 * up or down without repeating; nearly all values distinct and padded with zeros, with more digits than an amount or
 * with a column name like `number`; values that occur two or three times each under a name like `id`; or more UUIDs,
 * e-mail addresses or digests than there could be categories. Fractions are not ids.
 *
 * @param texts the cells that are not missing
 * @param numbers their values, if they are numbers
 */
export function looksLikeIds(name: string, texts: readonly string[], numbers?: Float64Array): boolean {
  if (texts.length < minRows || numbers?.some((value) => value % 1 !== 0 && !Number.isNaN(value)))
    return false;
  const distinct = new Set(texts).size;
  if (distinct > maxCategories) {
    if (idNames.some((end) => end.test(name)) && distinct > texts.length * repeatedIdShare) return true;
    if (texts.filter((text) => idText.test(text)).length > texts.length * distinctShare) return true;
  }
  if (distinct <= texts.length * distinctShare) return false;
  if ([...idNames, ...numberNames].some((end) => end.test(name))) return true;
  if (numbers === undefined) return distinct > maxCategories;
  if (areNumbered(texts)) return true;
  const step = Math.sign(numbers[1] - numbers[0]);
  return numbers.every(
    (value, i) =>
      Number.isInteger(value) && (i === 0 || Math.sign(value - numbers[i - 1]) === step) && step !== 0,
  );
}

/**
 * Whether a column says nothing about new rows because it identifies its rows or says when they were made.
 *
 * @param texts the cells that are not missing
 * @param numbers their values, if the column is numeric
 */
export function suspicionOf(
  name: string,
  texts: readonly string[],
  numbers?: Float64Array,
): 'ids' | 'dates' | null {
  if (looksLikeDates(name, texts)) return 'dates';
  return looksLikeIds(name, texts, numbers) ? 'ids' : null;
}

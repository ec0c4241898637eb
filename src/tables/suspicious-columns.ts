import { looksLikeTime, parseTime } from '../times/parse-time.ts';

/** Fewer rows than these show no pattern: five ages in order are no ids. */
const minRows = 20;
/** Texts of which more are different than this share name single rows. */
const distinctShare = 0.9;
/** Under a name like `id` less is enough: each is there two or three times. */
const repeatedIdShare = 1 / 3;
/** As many different texts can still be categories of a small table. */
const maxCategories = 20;

const idNames = [/(^|[^a-z])(id|uuid|guid)$/i, /[a-z](Id|ID|Uuid|UUID)$/];
const numberNames = [/(^|[^a-z])(key|index|row|nr|no|number|phone)$/i, /[a-z](Key|Nr|No|Number|Phone)$/];
/** UUIDs, e-mail addresses, and digests of 64 bits or more. */
const idText =
  /^(?:\{?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\}?|[^\s@]+@[^\s@]+\.[^\s@]+|(?=\d*[a-f])[\da-f]{16,})$/i;
/** Amounts are shorter. */
const longNumber = /^\d{12,}$/;

/** Whether all texts have as many digits, and so are not amounts: with zeros in front of some, or very many of them. */
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
/** Days such as 20260131; other numbers of eight digits are of no plausible year. */
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
 * Whether a column names its rows instead of describing them: texts nearly all different; whole numbers that count up or
 * down without repeating; values nearly all different that are padded with zeros, have as many digits as no amount or
 * stand under a name like `number`; values each there two or three times under a name like `id`; or more UUIDs, e-mail
 * addresses or digests than there are categories. Fractions are no ids.
 *
 * @param texts the cells that are not missing
 * @param numbers their values, when they are numbers
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
 * Whether a column says nothing about new rows, as it names its rows or says when they were.
 *
 * @param texts the cells that are not missing
 * @param numbers their values, when the column is one of numbers
 */
export function suspicionOf(
  name: string,
  texts: readonly string[],
  numbers?: Float64Array,
): 'ids' | 'dates' | null {
  if (looksLikeDates(name, texts)) return 'dates';
  return looksLikeIds(name, texts, numbers) ? 'ids' : null;
}

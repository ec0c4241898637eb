/** Fewer rows than these show no pattern: five ages in order are no ids. */
const minRows = 20;
/** Texts of which more are different than this share name single rows. */
const distinctShare = 0.9;
/** As many different texts can still be categories of a small table. */
const maxCategories = 20;

const idName = /(^|[^a-z])(id|uuid|guid|key|index|row|nr|no)$/i;
const idNameCamel = /[a-z](Id|ID|Uuid|UUID|Key|Nr|No)$/;
const timeName = /(date|time|timestamp|day|[^a-z]at)$/i;

const isoDate = /^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([T ]\d{1,2}:\d{2}.*)?$/;
const writtenDate = /^\d{1,2}[-/.]\d{1,2}[-/.](\d{2}|\d{4})( \d{1,2}:\d{2}.*)?$/;
const compactDate = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/;
const epoch = /^[12]\d{9}(\d{3})?$/;

/** Whether nearly all texts are calendar dates, or seconds since 1970 under a name that says so. */
export function looksLikeDates(name: string, texts: readonly string[]): boolean {
  const patterns = [isoDate, writtenDate, compactDate, ...(timeName.test(name) ? [epoch] : [])];
  const dates = texts.filter((text) => patterns.some((pattern) => pattern.test(text)));
  return dates.length > texts.length * distinctShare;
}

/**
 * Whether a column names its rows instead of describing them: texts nearly all different; whole numbers that count
 * up or down without repeating; or values nearly all different under a name like `id`.
 *
 * @param texts the cells that are not missing
 * @param numbers their values, when they are numbers
 */
export function looksLikeIds(name: string, texts: readonly string[], numbers?: Float64Array): boolean {
  const distinct = new Set(texts).size;
  if (texts.length < minRows || distinct <= texts.length * distinctShare) return false;
  if (idName.test(name) || idNameCamel.test(name)) return true;
  if (numbers === undefined) return distinct > maxCategories;
  const step = Math.sign(numbers[1] - numbers[0]);
  return numbers.every(
    (value, i) =>
      Number.isInteger(value) && (i === 0 || Math.sign(value - numbers[i - 1]) === step) && step !== 0,
  );
}

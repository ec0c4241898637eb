/** The languages besides English in which times are read. */
const languages = ['cs', 'da', 'de', 'es', 'fi', 'fr', 'it', 'nb', 'nl', 'pl', 'pt', 'ro', 'sv', 'tr'];

/** `7. Januar 2026`, `31 de enero de 2026`, and the month alone. */
const date = /^(?:([1-9]|[12]\d|3[01])\.? (?:de )?)?(\p{L}{3,12})\.?(?: del?)? (?:19|20)\d\d(?!\d)/u;

let names: ReadonlySet<string> | undefined;

/** The names of the months, in full and abbreviated, both alone and as in dates. */
function monthNames(): ReadonlySet<string> {
  const forms = languages.flatMap((language) =>
    (['long', 'short'] as const).flatMap((month) =>
      [{ month }, { month, day: 'numeric' } as const].map(
        (form) => new Intl.DateTimeFormat(language, { ...form, timeZone: 'UTC' }),
      ),
    ),
  );
  const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2026, month, 15));
  const parts = forms.flatMap((form) => months.flatMap((timeMs) => form.formatToParts(timeMs)));
  return new Set(
    parts.filter(({ type }) => type === 'month').map(({ value }) => value.toLowerCase().replace('.', '')),
  );
}

/**
 * Where the date at the beginning of a text ends, if it names its month in a language other than English; −1 for none.
 */
export function endOfDateInWords(text: string): number {
  const match = date.exec(text);
  if (match === null) return -1;
  names ??= monthNames();
  return names.has(match[2].toLowerCase()) ? match[0].length : -1;
}

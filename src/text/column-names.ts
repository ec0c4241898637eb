import { plainText } from '../stats/category-text.ts';

/**
 * The known name that is meant: the identical one, or the only one that looks the same, ignoring Unicode form, kind of
 * spaces and surrounding blanks.
 */
export function findName(name: string, known: readonly string[]): string | undefined {
  return known.includes(name) ? name : createNameFinder(known)(name);
}

/** The same for many names: what they are compared with is computed once. */
export function createNameFinder(known: readonly string[]): (name: string) => string | undefined {
  const exact = new Set(known);
  const alike = Map.groupBy(known, plainText);
  return (name) => {
    if (exact.has(name)) return name;
    const found = alike.get(plainText(name));
    return found?.length === 1 ? found[0] : undefined;
  };
}

/** The known name that is meant, plain or quoted as in a list. */
export function findOneName(text: string, known: readonly string[]): string | undefined {
  const found = findName(text, known);
  if (found !== undefined) return found;
  const names = splitNames(text);
  return names.length === 1 ? findName(names[0], known) : undefined;
}

const item = /\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)/y;

/** Comma-separated names; one with a comma, or surrounding blanks, is quoted as in CSV. */
export function splitNames(text: string): string[] {
  const names: string[] = [];
  item.lastIndex = 0;
  // a comma at the end is followed by an empty name
  for (let at = 0; at <= text.length; at = item.lastIndex) {
    const [matched, quoted, plain = ''] = item.exec(text) as RegExpExecArray;
    names.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (!matched.endsWith(',')) break;
  }
  return names;
}

/** Names as one argument of a command, without blanks between them. */
export function listNames(names: readonly string[]): string {
  return names.map((name) => formatNames([name])).join(',');
}

/** Names as `splitNames` accepts them: quoted where necessary. */
export function formatNames(names: readonly string[]): string {
  return names
    .map((name) => (/^$|^[\s"]|,|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
    .join(', ');
}

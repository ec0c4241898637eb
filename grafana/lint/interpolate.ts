/** A variable as Grafana's templating writes it: `$name`, `${name}`, `${name:format}`, `${name.path}`, `[[name]]`. */
const reference = /\$(\w+)|\[\[(\w+?)(?::\w+)?\]\]|\$\{(\w+)(?:\.([^:}]+))?(?::(\w+))?\}/g;

export type VariableUse = {
  readonly name: string;
  /** What stands after the colon in `${name:format}`. */
  readonly format: string | undefined;
  readonly text: string;
};

/** Every use of a variable in a text, in order. `$1` is a group of a regular expression, and none of them. */
export function variableUses(text: string): VariableUse[] {
  return [...text.matchAll(reference)]
    .map((match) => ({ name: match[1] ?? match[2] ?? match[3], format: match[5], text: match[0] }))
    .filter((use) => !/^\d+$/.test(use.name));
}

/** Puts values for variables, as Grafana does before it sends a query; a variable without a value stays as it is. */
export function interpolate(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(reference, (whole, plain, bracketed, braced) => {
    return values.get(plain ?? bracketed ?? braced) ?? whole;
  });
}

/**
 * Values that Grafana brings itself. The durations are ones that nobody would write by hand, so that a linter can tell
 * `[$__rate_interval]` from `[1m]` after interpolation.
 */
export const builtInVariables: ReadonlyMap<string, string> = new Map([
  ['__rate_interval', '61s'],
  ['__interval', '17s'],
  ['__interval_ms', '17000'],
  ['__range', '21601s'],
  ['__range_s', '21601'],
  ['__range_ms', '21601000'],
  ['__from', '1700000000000'],
  ['__to', '1700021600000'],
]);

/** Values that exist only inside a link: the row, series or value that was clicked, and the time range. */
export const linkVariables: ReadonlySet<string> = new Set([
  '__data',
  '__field',
  '__series',
  '__value',
  '__url_time_range',
  '__all_variables',
]);

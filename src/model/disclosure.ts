/** Replaces, in a record of one row, whatever must not be revealed about a sensitive feature. */
export const redacted = '[redacted]';

/** Listed among a model's `sensitive` features, this name withholds the callers' own keys of its predictions. */
export const ownKeyName = '(key)';

/**
 * What a record of a single row may reveal about its features: a sample, a log line, a span, an exemplar, a printed row,
 * an example in a report. It reveals nothing about a sensitive feature: not the value, not its bin (the bin of a category is the
 * category, that of a number narrows it down), not whether it was missing, unseen or outside the reference, and not its
 * weight in the score, from which the value can be computed.
 *
 * Nor does a log line with the other values, or a span with the other weights, contain the score (`tellsScore`): from
 * the score and the rest, anyone who has the model, or may query it, could work out what is withheld – exactly, if the
 * model is linear. Only samples contain it, because the drift report and the evaluation need it.
 *
 * The key that a caller gave a prediction (`ownKeyName`) is withheld if the model file lists it; otherwise it appears
 * in samples and log lines, but never in spans and labels.
 *
 * Counts and sums over rows may be published for every feature, and the caller who sent a value may be told how it was
 * treated.
 */
export type Disclosure = {
  readonly isWithheld: (feature: string) => boolean;
  /** The key as samples and log lines may show it. */
  readonly tellKey: (key: string) => string;
  /** Whether the score may appear next to values or weights of the features: only if none is withheld. */
  readonly tellsScore: boolean;
  /** Values or bins by feature, with `redacted` in place of those that are withheld. */
  readonly redact: (entries: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** Features or their names, without those that are withheld. */
  readonly omit: <Item extends string | { readonly name: string }>(features: readonly Item[]) => Item[];
};

/** @param artifact names the sensitive features; without an artifact, none is sensitive */
export function createDisclosure(artifact: { readonly sensitive: readonly string[] } | null): Disclosure {
  const withheld = new Set(artifact?.sensitive);
  const withholdsKey = withheld.delete(ownKeyName);
  const isWithheld = (feature: string) => withheld.has(feature);
  return {
    isWithheld,
    tellKey: (key) => (withholdsKey ? redacted : key),
    tellsScore: withheld.size === 0,
    redact: (entries) =>
      Object.fromEntries(
        Object.entries(entries).map(([name, value]) => [name, isWithheld(name) ? redacted : value]),
      ),
    omit: (features) =>
      features.filter((feature) => !isWithheld(typeof feature === 'string' ? feature : feature.name)),
  };
}

import type { Attributes } from '@opentelemetry/api';

/**
 * Attributes as the labels of a series, `name="value",…`. Whatever the attributes are called, each label has a valid
 * name and occurs once: if several names become the same label, their values are joined with `;`, in the order of the
 * names.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes
 */
export function formatLabels(attributes: Attributes): string {
  const entries = Object.entries(attributes).map(([key, value = '']) => ({
    key,
    name: labelName(key),
    text: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  return [...Map.groupBy(entries, ({ name }) => name)]
    .map(([name, group]) => `${name}="${escapeLabelValue(joinValues(group))}"`)
    .join(',');
}

function joinValues(group: readonly { readonly key: string; readonly text: string }[]): string {
  if (group.length === 1) return group[0].text;
  return group
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ text }) => text)
    .join(';');
}

/**
 * A name that Prometheus accepts: characters other than ASCII letters, digits and underscores become underscores, and
 * several in a row become one, which also avoids the reserved names that begin with two.
 */
export function validName(name: string): string {
  return name.replaceAll(/[^a-z0-9_]+/gi, '_').replaceAll(/_{2,}/g, '_') || '_';
}

/**
 * The label that an attribute becomes. It must not begin with a digit; the Collector and Prometheus' own OTLP receiver put
 * `key_` before it.
 */
export function labelName(key: string): string {
  const name = validName(key);
  return /^\d/.test(name) ? `key_${name}` : name;
}

/** U+0000 ends the text for Prometheus' parser. */
function escapeLabelValue(text: string): string {
  return escapeText(text.toWellFormed().replaceAll('\0', '\uFFFD')).replaceAll('"', '\\"');
}

export function escapeText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

import type { Artifact } from '../model/artifact.ts';
import { createDisclosure, redacted } from '../model/disclosure.ts';
import { createValueReader, type Row } from '../model/row.ts';

/** Writes a row as a JSON object of the artifact's features, in its order. */
export type RowFormatter = (row: Row) => string;

/**
 * Compiles the writer of rows for logs and samples: every feature of the artifact, `null` where the row has none,
 * `"[redacted]"` for those that are withheld. Nothing else of the row is written, and any value is preserved as JSON
 * represents it.
 */
export function createRowFormatter(artifact: Pick<Artifact, 'features' | 'sensitive'>): RowFormatter {
  const names = artifact.features.map(({ name }) => name);
  const readers = names.map(createValueReader);
  const { isWithheld } = createDisclosure(artifact);
  const hidden = names.map((name) => isWithheld(name));
  const fragments = names.map((name, i) => {
    const separator = i === 0 ? '{' : ',';
    return `${separator}${JSON.stringify(name)}:${hidden[i] ? JSON.stringify(redacted) : ''}`;
  });
  return (row) => {
    let text = '';
    for (let i = 0; i < fragments.length; i++) {
      text += fragments[i];
      if (!hidden[i]) text += jsonValue(readers[i](row));
    }
    return `${text}}`;
  };
}

function jsonValue(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
  return JSON.stringify(value) ?? 'null';
}

import type { Finding } from './history.ts';

/** A line of a file, with the file's name. */
export type Line = { readonly file: string; readonly fields: Readonly<Record<string, unknown>> };

export type KeptLines = {
  /** The lines by the id that they have. */
  readonly byId: ReadonlyMap<string, readonly Line[]>;
  /** What cannot be read as whole JSON lines. */
  readonly torn: readonly Finding[];
};

/** Reads the texts of JSON-line files. */
export function readLines(files: ReadonlyMap<string, string>): KeptLines {
  const byId = new Map<string, Line[]>();
  const torn: Finding[] = [];
  const tear = (file: string, line: string) =>
    torn.push({ rule: 'torn-line', message: `${file}: ${line.slice(0, 200)}`, ids: [] });
  for (const [file, text] of files) {
    if (text !== '' && !text.endsWith('\n')) tear(file, `${text.slice(-100)} has no line end`);
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const fields = parse(line);
      if (fields === undefined) {
        tear(file, line);
        continue;
      }
      const id = String(fields.id);
      byId.set(id, [...(byId.get(id) ?? []), { file, fields }]);
    }
  }
  return { byId, torn };
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const fields = JSON.parse(line);
    return typeof fields === 'object' && fields !== null ? fields : undefined;
  } catch {
    return undefined;
  }
}

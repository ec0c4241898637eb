import { readFileSync } from 'node:fs';

/** What the library exports under one name. */
export type LibraryExport = {
  readonly name: string;
  readonly kind: 'function' | 'constant' | 'type';
  /** The first sentence of its documentation. */
  readonly summary: string;
};

/**
 * Everything that a module exports, in the order in which it does: read from its source, and from that of the modules
 * whose exports it passes on.
 *
 * @throws Error for a name whose declaration is not found, or has no documentation
 */
export function readExports(module: URL): LibraryExport[] {
  const text = readFileSync(module, 'utf8');
  const passedOn = [...text.matchAll(/^export (?:type )?(\*|\{[^}]*\}) from '([^']+)';/gm)];
  const declared = [...text.matchAll(new RegExp(`${declaration} (\\w+)`, 'gm'))];
  return [
    ...passedOn.flatMap(([, names, from]) => {
      const target = new URL(from, module);
      return names === '*' ? readExports(target) : listed(names).map((name) => describe(name, target));
    }),
    ...declared.map(([, , name]) => describe(name, module)),
  ];
}

const declaration = '^export (?:async )?(function|const|type)';

/** The names between braces. */
function listed(names: string): string[] {
  return names
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter((name) => name !== '');
}

function describe(name: string, module: URL): LibraryExport {
  const text = readFileSync(module, 'utf8');
  const found = new RegExp(`(?:/\\*\\*((?:(?!\\*/)[^])*)\\*/\\n)?${declaration} ${name}\\b`, 'm').exec(text);
  if (found !== null) {
    const [, comment, keyword] = found;
    if (comment === undefined) throw new Error(`${module.pathname}: ${name} is not documented`);
    const kind = keyword === 'const' ? 'constant' : (keyword as 'function' | 'type');
    return { name, kind, summary: firstSentence(comment) };
  }
  const from = [...text.matchAll(/^export (?:type )?(\{[^}]*\}) from '([^']+)';/gm)].find(([, names]) =>
    listed(names).includes(name),
  );
  if (from === undefined) throw new Error(`${module.pathname} does not export ${name}`);
  return describe(name, new URL(from[2], module));
}

function firstSentence(comment: string): string {
  const text = comment
    .replaceAll(/^ *\* ?/gm, '')
    .split(/\n\n|@\w+/, 1)[0]
    .replaceAll(/\s+/g, ' ')
    .trim();
  return /^.*?[.:](?= [A-Z]|$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
}

import { stringify } from 'yaml';

/** Stands for the number of blanks before the line it is in, which is known once the manifest is text. */
const indentation = '‹indentation›';

/** The lines of a template that print an object or a list as YAML, at the place where they stand. */
export const printed = (expression: string) => `{{- ${expression} | nindent ${indentation} }}`;

/** A value that the chart computes; `key: ` stays before it. */
export const inline = (template: string) => encode('inline', template);

/** Lines of a template that are the whole value of a key: an object or a list. */
export const block = (template: string) => encode('block', template);

/** Lines of a template in the place of an item of a list. */
export const lines = (template: string) => encode('lines', template);

/** Lines of a template in the place of a key and its value: `{ ...linesAsKey('…') }`. */
export const linesAsKey = (template: string) => ({ [lines(template)]: null });

/** The text of a template that has this part of a manifest only under a condition. */
export const onlyIf = (condition: string, part: object) =>
  `{{- if ${condition} }}\n${renderTemplate(part)}{{- end }}\n`;

/** An item of a list that is there only under a condition. */
export const itemIf = (condition: string, item: object) => lines(onlyIf(condition, [item]).trimEnd());

/** An object, or a list by its indices. */
type Node = Record<string, unknown>;
type Kind = 'inline' | 'block' | 'lines';

/** As a word that YAML neither quotes nor breaks. */
const encode = (kind: Kind, template: string) => `hole_${kind}_${Buffer.from(template).toString('hex')}_`;
const decode = (hex: string) => Buffer.from(hex, 'hex').toString();

/**
 * A copy of a manifest with other values at some places, by their paths: `spec.template.spec.containers.0.image`. A path
 * that ends in `+` adds an item to the end of a list: `spec.ingress.+`.
 *
 * @throws RangeError if the manifest has nothing at a path: then the template would no longer follow it
 */
export function withHoles(manifest: object, holes: Readonly<Record<string, unknown>>): object {
  const copy: object = structuredClone(manifest);
  for (const [path, value] of Object.entries(holes)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.reduce<unknown>((object, key) => (object as Node | undefined)?.[key], copy);
    // a copy, because a later path may lead into it
    if (Array.isArray(parent) && last === '+') parent.push(structuredClone(value));
    else if ((parent as Node | undefined)?.[last] !== undefined)
      (parent as Node)[last] = structuredClone(value);
    else throw new RangeError(`${path}: the manifest has nothing there`);
  }
  return copy;
}

/** A manifest, or a part of one, as the text of a template. */
export function renderTemplate(part: object): string {
  const yaml = stringify(part, { lineWidth: 0, aliasDuplicateObjects: false });
  return yaml.replaceAll(/^.*hole_.*(?:\n *: null)?$/gm, renderLine);
}

function renderLine(line: string): string {
  const [, before, kind, hex] =
    /^(.*?)(?:- )?(?:\? )?hole_(\w+?)_([0-9a-f]+)_(?:\n? *: null)?$/.exec(line) ?? [];
  if (hex === undefined) throw new Error(`a hole where there can be none: ${line}`);
  const template = decode(hex);
  const [blanks] = /^ */.exec(before) ?? [''];
  if (kind === 'lines') return indent(template, blanks);
  if (kind === 'inline') return `${line.slice(0, line.indexOf('hole_'))}${template}`;
  const dash = before.startsWith(`${blanks}- `) ? '  ' : '';
  return `${before.trimEnd()}\n${indent(template, `${blanks}${dash}  `)}`;
}

/** Lines with so many blanks before them; each that asks for its indentation gets it. */
function indent(template: string, blanks: string): string {
  return template
    .split('\n')
    .map((line) => {
      const own = /^ */.exec(line)?.[0] ?? '';
      return `${blanks}${line}`.replaceAll(indentation, String(blanks.length + own.length));
    })
    .join('\n');
}

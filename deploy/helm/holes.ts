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
  `{{- if ${condition} }}\n${templateOf(part)}{{- end }}\n`;

/** An item of a list that is there only under a condition. */
export const itemIf = (condition: string, item: object) => lines(onlyIf(condition, [item]).trimEnd());

/** An object, or a list by its indices. */
type Node = Record<string, unknown>;
type Kind = 'inline' | 'block' | 'lines';

/** As a word that YAML neither quotes nor breaks. */
const encode = (kind: Kind, template: string) => `hole_${kind}_${Buffer.from(template).toString('hex')}_`;

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

/** A manifest, or a part of one, as the text of a template, which {@link finish} completes. */
export function templateOf(part: object): string {
  const yaml = stringify(part, { lineWidth: 0, aliasDuplicateObjects: false });
  return yaml.replaceAll(/^.*hole_.*(?:\n *: null)?$/gm, renderLine);
}

/** The text of a whole template, in which each line that asks for its indentation has it. */
export function finish(template: string): string {
  return template.replaceAll(/^( *)(.*)$/gm, (_, blanks: string, rest: string) =>
    blanks.concat(rest.replaceAll(indentation, String(blanks.length))),
  );
}

function renderLine(line: string): string {
  const [, before, kind, hex] = /^(.*?)hole_(\w+?)_([0-9a-f]+)_(?:\n? *: null)?$/.exec(line) ?? [];
  const template = Buffer.from(hex ?? '', 'hex').toString();
  const [blanks] = /^ */.exec(line) ?? [''];
  if (kind === 'inline') return before + template;
  if (kind === 'lines' && /^ *(?:- |\? )?$/.test(before)) return indent(template, blanks);
  if (kind === 'block' && before.endsWith(': ')) {
    const dash = before.startsWith(`${blanks}- `) ? '  ' : '';
    return `${before.trimEnd()}\n${indent(template, `${blanks}${dash}  `)}`;
  }
  throw new Error(`a hole where there can be none: ${line}`);
}

function indent(template: string, blanks: string): string {
  return template.replaceAll(/^/gm, blanks);
}

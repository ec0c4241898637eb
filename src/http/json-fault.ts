/** Why a text is not JSON, and where. */
export type JsonFault = {
  readonly reason: string;
  /** Index in the text, from 0. */
  readonly position: number;
};

/** What may come next. */
type Expected =
  | 'value'
  | 'item'
  | 'item or ]'
  | 'name'
  | 'name or }'
  | 'colon'
  | 'comma or }'
  | 'comma or ]'
  | 'end';

/** Sentences for what stands where something else is expected; the first that matches is the one. */
type Mistakes = readonly (readonly [pattern: RegExp, reason: string])[];

const bodies: Mistakes = [
  [/^\s*<(?:!doctype|html|head|body)/i, 'the body is HTML'],
  [/^\s*<[?!a-z]/i, 'the body is XML or HTML'],
  [
    /^\s*\[object \w+\]\s*$/,
    'the body is a JavaScript object put in as text: send what JSON.stringify makes of it',
  ],
  [/^\s*--\S+\r?\ncontent-/i, 'the body is a multipart form'],
  [/^%[57]b/i, 'the body is URL-encoded'],
  [/^[\w.%+[\]-]+=[^\n{}"]*$/, 'the body is a URL-encoded form'],
];

const anywhere: Mistakes = [
  [/\/\/|\/\*|#/y, 'a comment begins, and JSON has none'],
  [/'/y, 'names and texts are quoted with ", not with \''],
  [/[‘’‚‛“”„‟«»]/y, 'names and texts are quoted with ", not with typographic quotation marks'],
  [/\0/y, 'a NUL character is not JSON; if the body is UTF-16, send it in UTF-8'],
  [
    /[\p{White_Space}\u200b\u2060\ufeff]/uy,
    'an invisible character is none of the white space that JSON knows',
  ],
];

const endsEarly = 'the body ends before its JSON does';

const values: Mistakes = [
  [/(?:t|tr|tru|f|fa|fal|fals|n|nu|nul|-|-?(?:0|[1-9]\d*)(?:\.|(?:\.\d+)?e[+-]?))$/iy, endsEarly],
  [/[+-]?nan\b/iy, 'NaN is not a number in JSON'],
  [/[+-]?inf(?:inity)?\b/iy, 'Infinity is not a number in JSON'],
  [/None\b/y, 'None is not JSON, which has null'],
  [/undefined\b/y, 'undefined is not JSON, which has null'],
  [/(?:true|false|null)\b/iy, 'true, false and null are written in lower case'],
  [/[+-]?\.?\d/y, 'the number is not written as in JSON'],
  [/[\p{L}_$]/uy, 'a text must be in double quotes'],
  [/,/y, 'a value is missing before the comma'],
  [/[}\]]/y, 'a value is missing before the bracket that closes'],
];

const mistakes: Readonly<Record<Expected, Mistakes>> = {
  value: values,
  item: [[/[}\]]/y, 'a comma stands before the bracket that closes'], ...values],
  'item or ]': values,
  name: [
    [/}/y, 'a comma stands before the bracket that closes'],
    [/,/y, 'there is a comma too many'],
  ],
  'name or }': [],
  colon: [],
  'comma or }': [],
  'comma or ]': [],
  end: [[/[{[]/y, 'a second JSON document begins after the first']],
};

const otherwise: Readonly<Record<Expected, string>> = {
  value: 'a value is expected',
  item: 'a value is expected',
  'item or ]': 'a value or ] is expected',
  name: 'the name of a field in double quotes is expected',
  'name or }': 'the name of a field in double quotes, or } is expected',
  colon: 'a colon is expected after the name of a field',
  'comma or }': 'a comma or } is expected',
  'comma or ]': 'a comma or ] is expected',
  end: 'something follows after the end of the JSON',
};

const space = /[ \t\r\n]*/y;
/** What a text may hold. In pieces, for a pattern that repeats without end fills a stack. */
const content = /(?:[ !#-[\]-\uffff]+|\\["\\/bfnrt]|\\u[\da-f]{4}){0,1000}/iy;
/** The end, or an escape that may have been whole before it. */
const cutOff = /(?:\\(?:u[\da-f]{0,3})?)?$/iy;
const scalar = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\p{L}\d_.+-])/uy;

/** Where a sticky pattern stops that matches at `position`; -1 if it does not. */
function matchEnd(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/**
 * Finds why and where a text is not JSON (RFC 8259); `undefined` if it is. The sentences repeat nothing of the text.
 * `JSON.parse` does not say where it met what it did not expect, so this reads the text again, once it has failed.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const fault = scan(text);
  const whole = fault && bodies.find(([pattern]) => pattern.test(text));
  return whole ? { ...fault, reason: whole[1] } : fault;
}

function scan(text: string): JsonFault | undefined {
  const open: string[] = [];
  const afterValue = (): Expected => {
    if (open.length === 0) return 'end';
    return open[open.length - 1] === '{' ? 'comma or }' : 'comma or ]';
  };
  let expected: Expected = 'value';
  let position = 0;
  for (;;) {
    if (text.charCodeAt(position) <= 32) position = matchEnd(space, text, position);
    if (position === text.length) return expected === 'end' ? undefined : { reason: endsEarly, position };
    const character: string = text[position];
    const isName: boolean = expected === 'name' || expected === 'name or }';
    const isValue: boolean = expected === 'value' || expected === 'item' || expected === 'item or ]';
    if (character === '"' && (isName || isValue)) {
      const end = scanText(text, position + 1);
      if (typeof end !== 'number') return end;
      position = end;
      expected = isName ? 'colon' : afterValue();
    } else if (isValue && (character === '{' || character === '[')) {
      open.push(character);
      position++;
      expected = character === '{' ? 'name or }' : 'item or ]';
    } else if ((character === '}' || character === ']') && expected.endsWith(character)) {
      open.pop();
      position++;
      expected = afterValue();
    } else if (character === ':' && expected === 'colon') {
      position++;
      expected = 'value';
    } else if (character === ',' && expected.startsWith('comma')) {
      position++;
      expected = expected === 'comma or }' ? 'name' : 'item';
    } else {
      const end: number = isValue ? matchEnd(scalar, text, position) : -1;
      if (end < 0) return { reason: explain(text, position, expected), position };
      position = end;
      expected = afterValue();
    }
  }
}

/** @returns where the text goes on after the closing quotation mark */
function scanText(text: string, start: number): number | JsonFault {
  let position = start;
  for (let end = matchEnd(content, text, start); end > position; end = matchEnd(content, text, end)) {
    position = end;
  }
  if (text[position] === '"') return position + 1;
  if (matchEnd(cutOff, text, position) >= 0) {
    return { reason: 'the body ends inside a text', position: text.length };
  }
  const reason =
    text[position] === '\\'
      ? 'a text holds an escape that JSON does not have'
      : 'a line break or another control character in a text must be escaped';
  return { reason, position };
}

function explain(text: string, position: number, expected: Expected): string {
  const known = [...anywhere, ...mistakes[expected]].find(
    ([pattern]) => matchEnd(pattern, text, position) >= 0,
  );
  return known?.[1] ?? otherwise[expected];
}

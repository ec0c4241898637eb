/** What may come next in JSON; `start` means the beginning of the body. */
export type Expected =
  | 'start'
  | 'value'
  | 'item'
  | 'item or ]'
  | 'name'
  | 'name or }'
  | 'colon'
  | 'comma or }'
  | 'comma or ]'
  | 'end';

/** Sentences for text that is found where something else is expected; the first match is used. */
type Mistakes = readonly (readonly [pattern: RegExp, reason: string])[];

/** Whole bodies that are something other than JSON, without surrounding white space. */
const bodies: Mistakes = [
  [/^<(?:!doctype\s+html|html|head|body)\b/i, 'the body is HTML'],
  [/^<[?!a-z]/i, 'the body is XML or HTML'],
  [
    /^\[object \w+\](?:,\[object \w+\])*$/,
    'the body is a JavaScript object converted to a string: send the result of JSON.stringify',
  ],
  [/^--\S+\r?\ncontent-/i, 'the body is a multipart form'],
  [/^%[57]b/i, 'the body is URL-encoded'],
  [/^b?'\s*[{[]/, 'the body is in single quotes: send it without them'],
  [/^@?[\w./\\:~-]+\.(?:nd)?jsonl?$/i, 'the body is the name of a file, not its content'],
  [/^[\w.%+-][\w.%+[\]-]*=(?:[{[]|[^\r\n]*(?:\r?\n[\w.-]+=[^\r\n]*)*$)/, 'the body is a form (name=value)'],
  [/^(?:---\r?\n|- \S)/, 'the body looks like YAML'],
  [/^"[^"\n]*"\s*:/, 'the fields have no braces around them'],
  [/^[\w.-]+:(?:\s|$)/, 'the body begins with a name and a colon, as YAML does: JSON begins with {'],
];

export const endsEarly = 'the body ends before the JSON is complete';
const quotes = (mark: string) => `names and texts are quoted with ", not with ${mark}`;
export const typographicQuotes = quotes('typographic quotation marks');

const anywhere: Mistakes = [
  [/\/\/|\/\*|#/y, 'a comment begins, but JSON has no comments'],
  [/[bru]{0,2}'/iy, quotes("'")],
  [/`/y, quotes('`')],
  [/[‘’‚‛“”„‟«»′″＂]/y, typographicQuotes],
  [/\\/y, 'there is a backslash outside of a text, as in JSON that was escaped twice'],
  [/&(?:quot|nbsp|#\d+);/y, 'there is an HTML entity outside of a text'],
  [/\0/y, 'a NUL character is not JSON; if the body is UTF-16, send it in UTF-8'],
  [
    /[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}]/uy,
    'there is an invisible character that JSON does not accept as white space',
  ],
];

/** The pattern of words that begin with one of these. */
function beginnings(...words: string[]): string {
  return words.map((word) => [...word].reduceRight((rest, letter) => `${letter}(?:${rest})?`, '')).join('|');
}

const cutShort = beginnings('true', 'false', 'null', 'True', 'False', 'None', 'NaN', 'Infinity', 'undefined');
const wordEnd = '(?![\\p{L}\\p{N}_.-])';
const word = (words: string, flags = '') => new RegExp(`(?:${words})${wordEnd}`, `uy${flags}`);

const values: Mistakes = [
  [/\$[{(\p{L}_]|%[sd]\b|<%/uy, 'a variable or a template was not filled in'],
  [/-?(?:(?:0|[1-9]\d*)(?:\.|(?:\.\d+)?e[+-]?))?$/iy, endsEarly],
  [word('[+-]?nan', 'i'), 'NaN is not a number in JSON'],
  [word('[+-]?inf(?:inity)?', 'i'), 'Infinity is not a number in JSON'],
  [word('None'), 'None is not JSON, which has null'],
  [word('undefined'), 'undefined is not JSON, which has null'],
  [word('nil|NA|N/A|NaT|<NA>|pd\\.NA'), 'a missing value is null in JSON'],
  [
    word('(?!true|false|null)(?:[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|[Nn][Uu][Ll][Ll])'),
    'true, false and null are written in lower case',
  ],
  [new RegExp(`(?:${cutShort})$`, 'y'), endsEarly],
  [/[+\p{Pd}\u2212\p{Sc}]*\.?\p{N}/uy, 'the number is not written as in JSON'],
  [/(?:new )?[\p{L}_$][\p{L}\p{N}_$.]*\(/uy, 'a function call is not JSON'],
  [/\(/y, 'parentheses are not JSON, which has lists in [ ]'],
];

const notText: Mistakes = [
  ...values,
  [/[\p{L}_$]/uy, 'a text must be in double quotes'],
  [/,/y, 'a value is missing before the comma'],
];
const missing: Mistakes = [[/[}\]]/y, 'a value is missing before the closing bracket']];

const goesOn: Mistakes = [
  [
    /(?<=")[\p{L}\p{N}]/uy,
    'text follows a closing quotation mark: inside a text a quotation mark is written \\"',
  ],
];

const mistakes: Readonly<Record<Expected, Mistakes>> = {
  start: values,
  value: [...notText, ...missing],
  item: [[/[}\]]/y, 'there is a comma before the closing bracket'], ...notText],
  'item or ]': notText,
  name: [
    [/}/y, 'there is a comma before the closing bracket'],
    [/,/y, 'there is a comma too many'],
    [/(?<=\d,)\d+(?:[.,]\d+)*\s*[,}]/y, 'a number has a comma in it, where JSON has only a decimal point'],
  ],
  'name or }': [[/\{/y, 'there is a second { after the first, as in a template that was not filled in']],
  colon: goesOn,
  'comma or }': goesOn,
  'comma or ]': goesOn,
  end: [
    [/,?\s*[{[]/y, 'a second JSON document begins after the first'],
    [/[}\]]/y, 'a bracket is closed that was never opened'],
    ...goesOn,
  ],
};

const otherwise: Readonly<Record<Expected, string>> = {
  start: 'the body must begin with { or [',
  value: 'a value is expected',
  item: 'a value is expected',
  'item or ]': 'a value or ] is expected',
  name: 'the name of a field in double quotes is expected',
  'name or }': 'the name of a field in double quotes, or } is expected',
  colon: 'a colon is expected after the name of a field',
  'comma or }': 'a comma or } is expected',
  'comma or ]': 'a comma or ] is expected',
  end: 'there is text after the end of the JSON',
};

/** This many characters show what a body is; examining megabytes would delay everybody. */
const lookedAt = 65_536;

/** Says what a text that is not JSON is as a whole, by its beginning; `undefined` if that is unclear. */
export function describeBody(text: string): string | undefined {
  const body = text.trim().slice(0, lookedAt);
  if (isBase64(body)) return 'the body is encoded in base64';
  const known = bodies.find(([pattern]) => pattern.test(body));
  if (known) return known[1];
  return isCsv(body) ? 'the body looks like CSV' : undefined;
}

/** Says why the text at a position is not allowed there. */
export function describeMistake(text: string, position: number, expected: Expected): string {
  const known = [...anywhere, ...mistakes[expected]].find(([pattern]) => {
    pattern.lastIndex = position;
    return pattern.test(text);
  });
  return known?.[1] ?? otherwise[expected];
}

/**
 * Whether a body is JSON in base64, with `+/` or `-_`, in one line or several; a form `a=` and a plain word do not
 * count.
 */
function isBase64(body: string): boolean {
  if (!/^[\w+/-][\w+/\r\n-]*={0,2}$/.test(body)) return false;
  const encoded = Buffer.from(body.slice(0, 64), 'base64').toString();
  return /^\ufeff?\s*(?:\{\s*["}]|\[\s*["{[\]\d-])/.test(encoded);
}

/** Whether the first two lines have the same number of cells, or a single line begins with a number and has several. */
function isCsv(body: string): boolean {
  const [first, second = ''] = body.slice(0, 10_000).split(/\r?\n/, 2);
  if (/[{}[\]]/.test(first)) return false;
  return [',', ';', '\t'].some((delimiter) => {
    const cells = first.split(delimiter).length;
    if (cells === 1) return false;
    return second === '' ? /^-?\d/.test(first) : second.split(delimiter).length === cells;
  });
}

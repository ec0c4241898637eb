import {
  describeBody,
  describeMistake,
  type Expected,
  endsEarly,
  typographicQuotes,
} from './json-mistakes.ts';

/** Why a text is not JSON, and where. */
export type JsonFault = {
  readonly reason: string;
  /** Index in the text, from 0. */
  readonly position: number;
};

const space = /[ \t\r\n]*/y;
/** What a string may contain. In pieces, because a pattern that repeats without limit overflows the stack. */
const content = /(?:[ !#-[\]-\uffff]+|\\["\\/bfnrt]|\\u[\da-fA-F]{4}){0,1000}/y;
/** The end of the text, or an escape that the end may have truncated. */
const cutOff = /(?:\\(?:u[\da-fA-F]{0,3})?)?$/y;
/**
 * A word or a number, and not the beginning of something else: `12:30`, `5%`, `1'000`. Matched by lookahead and then
 * repeated, so that there is no backtracking through millions of digits.
 */
const scalar =
  /(?=(true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?))\1(?![\p{L}\p{N}\p{Sc}_.:%°+\u2212-]|\/(?![/*])|['’]\d)/uy;
/** The rest of a string whose closing quotation mark is a typographic one. */
const misquoted = /[^"“”„‟″＂\r\n]*(?=[“”„‟″＂]\s*[:,}\]])/y;

/** Where the match of a sticky pattern at `position` ends; -1 if there is none. */
function matchEnd(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/**
 * Finds why and where a text is not JSON (RFC 8259); `undefined` if it is. The sentences never quote the text.
 * `JSON.parse` does not say where it failed, so this reads the text again after a failure.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const fault = scan(text);
  return fault && { ...fault, reason: describeBody(text) ?? fault.reason };
}

function scan(text: string): JsonFault | undefined {
  const open: string[] = [];
  const afterValue = (): Expected => {
    if (open.length === 0) return 'end';
    return open[open.length - 1] === '{' ? 'comma or }' : 'comma or ]';
  };
  let expected: Expected = 'start';
  let position = 0;
  /** Where the string that has just ended began. */
  let textStart = -1;
  for (;;) {
    if (text.charCodeAt(position) <= 32) position = matchEnd(space, text, position);
    if (position === text.length) {
      if (expected === 'end') return undefined;
      return findMisquoted(text, textStart) ?? { reason: endsEarly, position };
    }
    const character: string = text[position];
    const isName: boolean = expected === 'name' || expected === 'name or }';
    const isValue: boolean = expected === 'start' || expected === 'value' || expected.startsWith('item');
    if (character === '"' && (isName || isValue)) {
      textStart = position + 1;
      const end = scanText(text, textStart);
      if (typeof end !== 'number') return findMisquoted(text, textStart) ?? end;
      position = end;
      expected = isName ? 'colon' : afterValue();
      continue;
    }
    if (isValue && (character === '{' || character === '[')) {
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
      if (end < 0) {
        const reason = describeMistake(text, position, expected);
        return findMisquoted(text, textStart) ?? { reason, position };
      }
      position = end;
      expected = afterValue();
    }
    textStart = -1;
  }
}

/**
 * The fault of a string that seems to continue past its end, because its closing quotation mark is a typographic one.
 */
function findMisquoted(text: string, textStart: number): JsonFault | undefined {
  const position = textStart < 0 ? -1 : matchEnd(misquoted, text, textStart);
  return position < 0 ? undefined : { reason: typographicQuotes, position };
}

/** @returns where the text continues after the closing quotation mark */
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
      ? 'a text contains an escape that JSON does not have'
      : 'a line break or another control character in a text must be escaped';
  return { reason, position };
}

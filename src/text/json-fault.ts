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
/** What a text may hold. In pieces, for a pattern that repeats without end fills a stack. */
const content = /(?:[ !#-[\]-\uffff]+|\\["\\/bfnrt]|\\u[\da-fA-F]{4}){0,1000}/y;
/** The end, or an escape that may have been whole before it. */
const cutOff = /(?:\\(?:u[\da-fA-F]{0,3})?)?$/y;
/**
 * A word or a number, and not the beginning of something else: `12:30`, `5%`, `1'000`. Matched ahead and then repeated,
 * so that millions of digits are not given back one by one.
 */
const scalar =
  /(?=(true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?))\1(?![\p{L}\p{N}\p{Sc}_.:%°+\u2212-]|\/(?![/*])|['’]\d)/uy;
/** The rest of a text whose closing quotation mark is a typographic one. */
const misquoted = /[^"“”„‟″＂\r\n]*(?=[“”„‟″＂]\s*[:,}\]])/y;

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
  /** Where the text that has just ended began. */
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

/** The fault of a text that seems to go on behind its end, since its closing quotation mark is a typographic one. */
function findMisquoted(text: string, textStart: number): JsonFault | undefined {
  const position = textStart < 0 ? -1 : matchEnd(misquoted, text, textStart);
  return position < 0 ? undefined : { reason: typographicQuotes, position };
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

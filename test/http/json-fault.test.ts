import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findJsonFault } from '../../src/http/json-fault.ts';

const comma = 'a comma or } is expected';
const bracket = 'a comma stands before the bracket that closes';
const early = 'the body ends before its JSON does';
const quotes = 'names and texts are quoted with ", not with \'';
const invisible = 'an invisible character is none of the white space that JSON knows';
const lowerCase = 'true, false and null are written in lower case';
const number = 'the number is not written as in JSON';

/** A text, why it is not JSON, and where. */
const faults: [string, string, number][] = [
  ['{"age": NaN}', 'NaN is not a number in JSON', 8],
  ['[1, -nan]', 'NaN is not a number in JSON', 4],
  ['{"age": Infinity}', 'Infinity is not a number in JSON', 8],
  ['{"age": -Infinity}', 'Infinity is not a number in JSON', 8],
  ['{"age": None}', 'None is not JSON, which has null', 8],
  ['{"age": undefined}', 'undefined is not JSON, which has null', 8],
  ['{"paid": True}', lowerCase, 9],
  ['{"paid": NULL}', lowerCase, 9],
  ["{'age': 30}", quotes, 1],
  ['{"history": \'good\'}', quotes, 12],
  ['{“age”: 30}', 'names and texts are quoted with ", not with typographic quotation marks', 1],
  ['{age: 30}', 'the name of a field in double quotes, or } is expected', 1],
  ['{"age": 30, limit: 2}', 'the name of a field in double quotes is expected', 12],
  ['{"age": 30,5}', 'the name of a field in double quotes is expected', 11],
  ['{"history": good}', 'a text must be in double quotes', 12],
  ['{"age": , "limit": 2}', 'a value is missing before the comma', 8],
  ['{"age": }', 'a value is missing before the bracket that closes', 8],
  ['[1,,2]', 'a value is missing before the comma', 3],
  ['{"age": 30,}', bracket, 11],
  ['[1, 2, ]', bracket, 7],
  ['{"age": 30,, "limit": 2}', 'there is a comma too many', 11],
  ['{"age": 30 "limit": 2}', comma, 11],
  ['{"age": 30 years}', comma, 11],
  ['{"age": 30]', comma, 10],
  ['[30}', 'a comma or ] is expected', 3],
  ['{"age" 30}', 'a colon is expected after the name of a field', 7],
  ['{"age": 30, // in years\n"limit": 2}', 'a comment begins, and JSON has none', 12],
  ['{"age": /* years */ 30}', 'a comment begins, and JSON has none', 8],
  ['{"age": 030}', number, 8],
  ['{"age": 0x1e}', number, 8],
  ['{"age": .5}', number, 8],
  ['{"age": +5}', number, 8],
  ['{"age": 5.}', number, 8],
  ['{"age": 1_000}', number, 8],
  ['{"history": "go\nod"}', 'a line break or another control character in a text must be escaped', 15],
  ['{"path": "C:\\data"}', 'a text holds an escape that JSON does not have', 12],
  ['{"age":\u00a030}', invisible, 7],
  ['{\u200b"age": 30}', invisible, 1],
  ['{\0"\0', 'a NUL character is not JSON; if the body is UTF-16, send it in UTF-8', 1],
  ['{"age": 30}\n{"age": 31}', 'a second JSON document begins after the first', 12],
  ['{"age": 30}}', 'something follows after the end of the JSON', 11],
  ['{"age": 30} and more', 'something follows after the end of the JSON', 12],
  ['{', early, 1],
  ['{"age": 30', early, 10],
  ['{"age": 30, ', early, 12],
  ['{"age":', early, 7],
  ['{"paid": tru', early, 9],
  ['{"age": -', early, 8],
  ['{"age": 30, "his', 'the body ends inside a text', 16],
  ['{"history": "\\u00', 'the body ends inside a text', 17],
  [
    '[object Object]',
    'the body is a JavaScript object put in as text: send what JSON.stringify makes of it',
    1,
  ],
  ['age=30&limit=2000&history=good', 'the body is a URL-encoded form', 0],
  ['age=30&history=very+good%21', 'the body is a URL-encoded form', 0],
  ['%7B%22age%22%3A30%7D', 'the body is URL-encoded', 0],
  [
    '--x1\r\nContent-Disposition: form-data; name="age"\r\n\r\n30\r\n--x1--\r\n',
    'the body is a multipart form',
    0,
  ],
  ['<!DOCTYPE html><html></html>', 'the body is HTML', 0],
  ['\n<html><body>proxy error</body></html>', 'the body is HTML', 1],
  ['<?xml version="1.0"?><age>30</age>', 'the body is XML or HTML', 0],
];

describe('what is not JSON', () => {
  for (const [text, reason, position] of faults) {
    it(`${JSON.stringify(text)}: ${reason}`, () => {
      assert.throws(() => JSON.parse(text));
      assert.deepEqual(findJsonFault(text), { reason, position });
    });
  }

  /** JSON, with a few characters taken away, put in or changed. */
  const nearJson = fc
    .tuple(
      fc.json({ stringUnit: 'binary' }),
      fc.array(
        fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom(...'{}[],:"\\/u0123.eE+-tfn \n\t\0\'é\ud800\u00a0')),
        { maxLength: 3 },
      ),
    )
    .map(([json, changes]) => {
      const characters = [...json];
      for (const [at, removed, added] of changes) characters.splice(at % (json.length + 1), removed, added);
      return characters.join('');
    });

  it('is what JSON.parse refuses, and nothing else', () => {
    fc.assert(
      fc.property(nearJson, (text) => {
        const fault = findJsonFault(text);
        let parses = true;
        try {
          JSON.parse(text);
        } catch {
          parses = false;
        }
        assert.equal(fault === undefined, parses, text);
        if (fault) assert.ok(fault.position >= 0 && fault.position <= text.length);
      }),
      { numRuns: 5000 },
    );
  });

  it('ends early when it is the beginning of JSON, cut anywhere', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (json, at) => {
        const text = `[${json}`.slice(0, 1 + (at % (json.length + 1)));
        assert.match(findJsonFault(text)?.reason ?? 'none', /^the body ends /, text);
      }),
      { numRuns: 2000 },
    );
  });

  it('is found at the end of 4 MiB too', () => {
    for (const text of [
      '['.repeat(4e6),
      `"${'a'.repeat(4e6)}`,
      `"${'\\n'.repeat(2e6)}`,
      ' '.repeat(4e6).concat('{'),
    ]) {
      assert.equal(findJsonFault(text)?.position, text.length);
    }
  });
});

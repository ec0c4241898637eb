import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findJsonFault } from '../../src/text/json-fault.ts';

const comma = 'a comma or } is expected';
const bracket = 'there is a comma before the closing bracket';
const early = 'the body ends before the JSON is complete';
const quotes = 'names and texts are quoted with ", not with \'';
const invisible = 'there is an invisible character that JSON does not accept as white space';
const lowerCase = 'true, false and null are written in lower case';
const number = 'the number is not written as in JSON';
const typographic = 'names and texts are quoted with ", not with typographic quotation marks';
const unknownEscape = 'a text contains an escape that JSON does not have';
const begin = 'the body must begin with { or [';
const inNumber = 'a number has a comma in it, where JSON has only a decimal point';
const inText = 'text follows a closing quotation mark: inside a text a quotation mark is written \\"';
const twice = 'there is a backslash outside of a text, as in JSON that was escaped twice';
const template = 'a variable or a template was not filled in';
const form = 'the body is a form (name=value)';
const base64 = 'the body is encoded in base64';
const csv = 'the body looks like CSV';
const yaml = 'the body looks like YAML';
const header = 'the body begins with a name and a colon, as YAML does: JSON begins with {';
const singleQuotes = 'the body is in single quotes: send it without them';
const call = 'a function call is not JSON';
const absent = 'a missing value is null in JSON';
const second = 'a second JSON document begins after the first';

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
  ['{“age”: 30}', typographic, 1],
  ['{age: 30}', 'the name of a field in double quotes, or } is expected', 1],
  ['{"age": 30, limit: 2}', 'the name of a field in double quotes is expected', 12],
  ['{"age": 30,5}', inNumber, 11],
  ['{"history": good}', 'a text must be in double quotes', 12],
  ['{"age": , "limit": 2}', 'a value is missing before the comma', 8],
  ['{"age": }', 'a value is missing before the closing bracket', 8],
  ['[1,,2]', 'a value is missing before the comma', 3],
  ['{"age": 30,}', bracket, 11],
  ['[1, 2, ]', bracket, 7],
  ['{"age": 30,, "limit": 2}', 'there is a comma too many', 11],
  ['{"age": 30 "limit": 2}', comma, 11],
  ['{"age": 30 years}', comma, 11],
  ['{"age": 30]', comma, 10],
  ['[30}', 'a comma or ] is expected', 3],
  ['{"age" 30}', 'a colon is expected after the name of a field', 7],
  ['{"age": 30, // in years\n"limit": 2}', 'a comment begins, but JSON has no comments', 12],
  ['{"age": /* years */ 30}', 'a comment begins, but JSON has no comments', 8],
  ['{"age": 030}', number, 8],
  ['{"age": 0x1e}', number, 8],
  ['{"age": .5}', number, 8],
  ['{"age": +5}', number, 8],
  ['{"age": 5.}', number, 8],
  ['{"age": 1_000}', number, 8],
  ['{"history": "go\nod"}', 'a line break or another control character in a text must be escaped', 15],
  ['{"path": "C:\\data"}', unknownEscape, 12],
  ['{"age":\u00a030}', invisible, 7],
  ['{\u200b"age": 30}', invisible, 1],
  ['{\0"\0', 'a NUL character is not JSON; if the body is UTF-16, send it in UTF-8', 1],
  ['{"age": 30}\n{"age": 31}', second, 12],
  ['{"age": 30}}', 'a bracket is closed that was never opened', 11],
  ['{"age": 30} and more', 'there is text after the end of the JSON', 12],
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
    'the body is a JavaScript object converted to a string: send the result of JSON.stringify',
    1,
  ],
  ['age=30&limit=2000&history=good', form, 0],
  ['age=30&history=very+good%21', form, 0],
  ['%7B%22age%22%3A30%7D', 'the body is URL-encoded', 0],
  [
    '--x1\r\nContent-Disposition: form-data; name="age"\r\n\r\n30\r\n--x1--\r\n',
    'the body is a multipart form',
    0,
  ],
  ['<!DOCTYPE html><html></html>', 'the body is HTML', 0],
  ['\n<html><body>proxy error</body></html>', 'the body is HTML', 1],
  ['<?xml version="1.0"?><age>30</age>', 'the body is XML or HTML', 0],
  // only lower case follows a backslash
  ['{"path": "C:\\New"}', unknownEscape, 12],
  ['{"mood": "\\U0001F600"}', unknownEscape, 10],
  ['{"age": 2,793}', inNumber, 10],
  ['{"age": 30, 5: 6}', 'the name of a field in double quotes is expected', 12],
  ['[true.5]', 'a text must be in double quotes', 1],
  ['{"city": Nancy}', 'a text must be in double quotes', 9],
  ['{"city": infé}', 'a text must be in double quotes', 9],
  ['{"age": NA}', absent, 8],
  ['{"age": <NA>}', absent, 8],
  ['{"age": pd.NA}', absent, 8],
  ['{"age": Non', early, 8],
  ['{"age": -Infinit', 'a value is expected', 8],
  ['{"age": −5}', number, 8],
  ['{"age": --5}', number, 8],
  ['{"age": €30}', number, 8],
  ['{"age": 30%}', number, 8],
  ['{"age": 1\'000}', number, 8],
  ['{"at": 12:30}', number, 7],
  ['{"age": 1/2}', number, 8],
  ['{"age": 30// years', 'a comment begins, but JSON has no comments', 10],
  ['{"age": np.float64(30)}', call, 8],
  ['{"at": new Date()}', call, 7],
  ['callback({"age": 30})', call, 0],
  ['{"city": Paris (France)}', 'a text must be in double quotes', 9],
  ['[(1, 2)]', 'parentheses are not JSON, which has lists in [ ]', 1],
  ["{u'age': 30}", quotes, 1],
  ['{`age`: 30}', 'names and texts are quoted with ", not with `', 1],
  ['{"age”: 30}', typographic, 5],
  ['{"age”: 30, "limit": 2}', typographic, 5],
  ['{"history": "good”,\n"age": 30}', typographic, 17],
  ['{"note": "he said “well”, and went', 'the body ends inside a text', 34],
  ['{"note": "say "hi""}', inText, 15],
  ['{""age"": 30}', inText, 3],
  ['{\\"age\\": 30}', twice, 1],
  ['{&quot;age&quot;: 30}', 'there is an HTML entity outside of a text', 1],
  ['{"age": $AGE}', template, 8],
  ['{"age": %s}', template, 8],
  ['{"age": {{age}}}', 'there is a second { after the first, as in a template that was not filled in', 9],
  ['{\u00ad"age": 30}', invisible, 1],
  ['{"age":\u200e30}', invisible, 7],
  ['{"age":\ufeff30}', invisible, 7],
  ['\u001e{"age": 30}\n', invisible, 0],
  ['{"age": 30},\n{"age": 31}', second, 11],
  ['[30}', 'a comma or ] is expected', 3],
  ['[}', 'a value or ] is expected', 1],
  ['}', begin, 0],
  ['Bad gateway', begin, 0],
  ['no', begin, 0],
  ['Wyoming', begin, 0],
  ['age = 30', begin, 0],
  ['12 monkeys', 'there is text after the end of the JSON', 3],
  [
    '[object Object],[object Object]',
    'the body is a JavaScript object converted to a string: send the result of JSON.stringify',
    1,
  ],
  ['age=', form, 0],
  ['payload={"age": 30}', form, 0],
  ['age=30&filter[a]=it\'s "new"', form, 0],
  ['age=30\r\nlimit=2000\r\n', form, 0],
  ['eyJhZ2UiOjMwfQ==', base64, 0],
  ['eyJhZ2UiOiAzMCwgImxpbWl0IjogMjAwMH0=', base64, 0],
  ['W3siYWdlIjoz\nMH1d\n', base64, 0],
  ['\'{"age": 30}\'', singleQuotes, 0],
  ["b'[30]'", singleQuotes, 0],
  ['@row.json', 'the body is the name of a file, not its content', 0],
  ['age,limit\n30,2000\n', csv, 0],
  ['"age";"limit"\r\n"30";"2000"', csv, 5],
  ['30\t2000\tgood', csv, 3],
  ['---\nage: 30\n', yaml, 0],
  ['- age: 30\n- age: 31\n', yaml, 0],
  ['age: 30\nlimit: 2000\n', header, 0],
  ['data: {"age": 30}\n\n', header, 0],
  ['"age": 30, "limit": 2000', 'the fields have no braces around them', 5],
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

  it('ends early if it is JSON that was truncated anywhere', () => {
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

  it('is recognised by the beginning of a body, however long it is', () => {
    const begun = Buffer.from('{"age":30,"limit":20000}').toString('base64');
    assert.equal(findJsonFault(`${begun.repeat(100_000)}!`)?.reason, base64);
    assert.equal(findJsonFault(`${begun}!`)?.reason, begin);
  });

  it('is found in linear time', () => {
    const many = 1e6;
    const started = performance.now();
    for (const [first, repeated, last] of [
      ['a=', ' ', '\nx'],
      ['a', '\n', '{'],
      ['a=', '\na=', '\n\n'],
      ['', ' ', 'x'],
      ['[object a]', ',[object a]', ' x'],
      ['---', '\n', 'x'],
      ['"', '“', '" 1'],
      ['["', 'x” ', '" 1'],
      ['{"a":1,', '1', ' x'],
      ['{"a":1,1', '.1', ' x'],
      ['1', '1', 'x'],
      ['[', '-', 'x'],
      ['[a', '.a', ' x'],
      ['[1', ' ', 'x'],
      ['', ',', '\n'],
      ['eyJ', 'eyJ', '!'],
    ]) {
      assert.ok(findJsonFault(first + repeated.repeat(many) + last), JSON.stringify(repeated));
    }
    // anything quadratic takes hours
    assert.ok(performance.now() - started < 60_000);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { detectJsonLayout, toJsonLines } from '../../src/files/json-lines.ts';

async function linesOf(text: string, layout: 'array' | 'indented', blockBytes: number): Promise<unknown[]> {
  const bytes = Buffer.from(text);
  async function* blocks() {
    for (let at = 0; at < bytes.length; at += blockBytes) yield bytes.subarray(at, at + blockBytes);
  }
  const pieces: Buffer[] = [];
  for await (const piece of toJsonLines(blocks(), layout)) pieces.push(piece);
  const lines = Buffer.concat(pieces).toString();
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));
}

describe('JSON records in layouts other than lines', () => {
  it('are detected by the beginning of the text', () => {
    for (const text of ['[{"a":1}]', '\ufeff [ \n {"a":1}]', '[]', '[', '[[1,2],[3,4]]']) {
      assert.equal(detectJsonLayout(text), 'array', text);
    }
    for (const text of ['{\n  "a": 1\n}', ' {\r\n"a":1}'])
      assert.equal(detectJsonLayout(text), 'indented', text);
    for (const text of ['{"a":1}', '{"a":\n', '\ufeff{}'])
      assert.equal(detectJsonLayout(text), 'lines', text);
    for (const text of ['a,b\n1,2', '[a],b\n1,2', '[1,2]', '"x"', '']) {
      assert.equal(detectJsonLayout(text), null, text);
    }
  });

  it('become one per line from several arrays, as in concatenated files', async () => {
    const text = '[{"a":1},{"a":[2]}]\n[]\n[\n{"a":3}\n]\n';
    assert.deepEqual(await linesOf(text, 'array', 7), [{ a: 1 }, { a: [2] }, { a: 3 }]);
  });

  it('become one per line if they are arrays themselves', async () => {
    assert.deepEqual(await linesOf('[[1,[2]],\n[3,{"a":[4]}]]', 'array', 3), [
      [1, [2]],
      [3, { a: [4] }],
    ]);
  });

  it('become one per line, whatever they contain and however the text is cut', async () => {
    const records = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        records,
        fc.constantFrom(undefined, 1, '\t'),
        fc.integer({ min: 1, max: 40 }),
        async (values, space, blockBytes) => {
          const expected = JSON.parse(JSON.stringify(values));
          const array = JSON.stringify(values, null, space);
          assert.deepEqual(await linesOf(array, 'array', blockBytes), expected);
          const objects = values.map((value) => `${JSON.stringify(value, null, space)}\n`).join('');
          assert.deepEqual(await linesOf(objects, 'indented', blockBytes), expected);
        },
      ),
    );
  });
});

import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { escapeJson, escapeLine } from '../../src/text/terminal.ts';
import { root } from '../support/service.ts';
import { assertHarmless, hostile } from './hostile-texts.ts';

describe('text for a terminal', () => {
  for (const [what, [text, shown]] of Object.entries(hostile)) {
    it(`shows ${what} instead of obeying it`, () => {
      assert.equal(escapeLine(text), shown);
      const json = JSON.stringify({ [text]: [text] }, null, 2);
      assertHarmless(escapeJson(json));
      assert.deepEqual(JSON.parse(escapeJson(json)), { [text]: [text] });
    });
  }

  it('keeps what is harmless, in every script', () => {
    for (const text of ['Größe – 年齢 🙂 👩‍👩‍👧', 'גיל', 'a\u00a0b', String.raw`\u{1b}`]) {
      assert.equal(escapeLine(text), text);
      assert.equal(escapeJson(JSON.stringify(text)), JSON.stringify(text));
    }
  });

  it('is written in one place', async () => {
    const exempt = [
      'src/text/terminal.ts',
      'src/telemetry/log-destination.ts',
      'src/require-node.cjs',
      'src/http/docs/code-samples.ts', // `console.log` in an example for JavaScript
    ];
    const files = (await readdir(join(root, 'src'), { recursive: true }))
      .map((file) => join('src', file))
      .filter((file) => /\.c?ts$|\.cjs$/.test(file));
    assert.ok(files.length > 200);
    const writers = [];
    for (const file of files) {
      const text = await readFile(join(root, file), 'utf8');
      if (/\b(stdout|stderr|stream)\.write\b|\bconsole\./.test(text)) writers.push(file);
    }
    assert.deepEqual(writers.sort(), exempt.sort());
  });
});

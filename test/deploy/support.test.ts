import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { composeFile, imagesOf } from '../../deploy/images/digests.ts';

describe('docs/support.md', () => {
  const [, table] =
    /<!-- versions -->\n([\s\S]*?)<!-- \/versions -->/.exec(readFileSync('docs/support.md', 'utf8')) ?? [];
  const rows = (table ?? '')
    .split('\n')
    .slice(2)
    .filter(Boolean)
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1),
    );

  it('names the images of the stack and of the Dockerfile, and no others', () => {
    const images = imagesOf(readFileSync(composeFile, 'utf8'), readFileSync('Dockerfile', 'utf8'));
    assert.deepEqual(
      rows.map(([name, version]) => `${name}:${version}`).toSorted(),
      [...images.values()].toSorted(),
    );
  });

  it('says until when and by which rule each is fixed', () => {
    for (const [name, , until, rule] of rows) {
      assert.match(until, /^(?:20\d\d-\d\d(?:-\d\d)?|next release)$/, name);
      assert.match(rule, /\]\(https:\/\//, name);
    }
  });
});

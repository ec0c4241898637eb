import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { listNames, matcherOf, pathOf, sharedFolder } from '../../src/files/path-pattern.ts';
import { rotatedPath } from '../../src/files/rotated-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function put(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'x');
}

describe('a path with {instance}', () => {
  const forms = [
    '{instance}/s.jsonl',
    'a/{instance}.jsonl',
    'a/{instance}',
    'a/s-{instance}/{instance}/s.jsonl',
  ];
  for (const form of forms) {
    it(`gives the names it was used for: ${form}`, async () => {
      await using folder = await temporaryFolder();
      const pattern = join(folder.path, form);
      assert.deepEqual(await listNames(pattern), []);
      for (const name of ['replica-1', '0a1b2c3d', 'vigia-0.x']) await put(pathOf(pattern, name));
      await put(rotatedPath(pathOf(pattern, 'only-rotated'), Date.UTC(2026, 0, 31)));
      await put(rotatedPath(pathOf(pattern, 'replica-1'), Date.UTC(2026, 0, 31)));
      await writeFile(join(sharedFolder(pattern), '.replica-1.lock'), '');
      if (form.endsWith('}')) await mkdir(join(sharedFolder(pattern), 'models'));
      assert.deepEqual(await listNames(pattern), ['0a1b2c3d', 'only-rotated', 'replica-1', 'vigia-0.x']);
    });
  }

  it('that does not exist gives none', async () => {
    await using folder = await temporaryFolder();
    assert.deepEqual(await listNames(join(folder.path, 's.jsonl')), []);
    assert.deepEqual(await listNames(join(folder.path, 'gone/{instance}/s.jsonl')), []);
  });

  it('matches the path of every name, and no other', () => {
    const name = fc.stringMatching(/^[a-z0-9_-][\w.-]{0,20}$/);
    const part = fc.stringMatching(/^[\w.+(^$|-]{0,6}$/);
    fc.assert(
      fc.property(name, fc.array(part, { minLength: 2, maxLength: 4 }), (own, parts) => {
        const pattern = `/v/${parts.join('{instance}')}`;
        assert.match(pathOf(pattern, own), matcherOf(pattern));
        assert.doesNotMatch(`${pathOf(pattern, own)}/`, matcherOf(pattern));
        assert.doesNotMatch(pathOf(pattern, 'a/b'), matcherOf(pattern));
      }),
    );
  });
});

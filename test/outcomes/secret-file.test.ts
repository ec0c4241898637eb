import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBearerTokens, readSigningKeys } from '../../src/outcomes/keys.ts';
import { endedStart } from '../support/ended-start.ts';

/** Where nothing can be kept. */
const OUTCOMES_PATH = '/dev/null/outcomes.jsonl';
const secret = 'a-secret-that-is-long-enough';
const utf16 = (text: string) => Buffer.from(text, 'utf16le');

describe('a file with secrets', () => {
  let path: string;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-secrets-'));
    path = join(folder, 'secret');
  });
  after(() => rm(folder, { recursive: true }));

  function start(env: Record<string, string>) {
    return endedStart({ OUTCOMES_PATH: join(folder, 'outcomes.jsonl'), ...env });
  }

  for (const [what, bytes] of [
    ['lines that end in CR LF', Buffer.from(`${secret}\r\n`)],
    ['lines that end in CR', Buffer.from(`\r${secret}\r`)],
    ['a byte-order mark', Buffer.from(`\ufeff${secret}`)],
    ['blanks, and no line end', Buffer.from(` \t${secret}\u00a0`)],
  ] as const) {
    it(`is read with ${what}`, async () => {
      await writeFile(path, bytes);
      const { keys } = await readSigningKeys({ OUTCOME_KEY_FILE: path, OUTCOMES_PATH });
      assert.deepEqual(keys.map(String), [secret]);
      assert.deepEqual(await readBearerTokens({ OUTCOMES_TOKEN_FILE: path }), [secret]);
    });
  }

  for (const [what, bytes, reason] of [
    ['in UTF-16, little end first', utf16(`\ufeff${secret}`), /in UTF-16: save it as UTF-8 text$/],
    ['in UTF-16, big end first', utf16(`\ufeff${secret}`).swap16(), /in UTF-16: save/],
    ['in UTF-16 without a mark', utf16(secret), /UTF-16 or not text \(.*control characters\): save/],
    ['in UTF-16 without a mark or Latin letters', utf16('секретсекретсекрет'), /UTF-16 or not text/],
    ['with an escape sequence', Buffer.from(`\u001b[0m${secret}`), /not text/],
    ['in Latin-1', Buffer.from(`geheimnis-der-käufer`, 'latin1'), /not in UTF-8: save/],
    ['of random bytes', Buffer.from([0x81, 0x9d, ...Array(30).keys()]), /save/],
  ] as const) {
    it(`is refused ${what}, and not shown`, async () => {
      await writeFile(path, bytes);
      for (const [name, reading] of [
        ['OUTCOME_KEY_FILE', () => readSigningKeys({ OUTCOME_KEY_FILE: path, OUTCOMES_PATH })],
        ['OUTCOMES_TOKEN_FILE', () => readBearerTokens({ OUTCOMES_TOKEN_FILE: path })],
      ] as const) {
        await assert.rejects(reading, (error: Error) => {
          assert.ok(error.message.startsWith(`${name}=${path}: is `), error.message);
          assert.match(error.message, reason);
          assert.doesNotMatch(error.message, /secret-that|geheimnis/);
          return true;
        });
      }
    });
  }

  for (const token of ['Bearer abcdef', 'token-of-the-käufer']) {
    it(`contains no token that no header can carry, such as ${token}`, async () => {
      await writeFile(path, `fine\n${token}`);
      await assert.rejects(readBearerTokens({ OUTCOMES_TOKEN_FILE: path }), (error: Error) => {
        assert.match(error.message, /: token 2 has a blank or a character that is not ASCII/);
        assert.ok(!error.message.includes(token));
        return true;
      });
    });
  }

  for (const [what, text, which] of [
    ['of one character', 'x', 1],
    ['of 15 characters', 'fifteen-letters', 1],
    ['made longer by blanks around it', '      short      ', 1],
    ['among others that are long enough', `${secret}\n\nshort\n${secret}`, 2],
  ] as const) {
    it(`contains no secret ${what}, neither a key nor a token`, async () => {
      await writeFile(path, text);
      for (const [name, kind, reading] of [
        ['OUTCOME_KEY_FILE', 'key', () => readSigningKeys({ OUTCOME_KEY_FILE: path, OUTCOMES_PATH })],
        ['OUTCOMES_TOKEN_FILE', 'token', () => readBearerTokens({ OUTCOMES_TOKEN_FILE: path })],
      ] as const) {
        await assert.rejects(reading, {
          message: `${name}=${path}: ${kind} ${which} has fewer than 16 characters: make one with openssl rand -base64 32`,
        });
      }
    });
  }

  it('may contain secrets of 16 characters', async () => {
    await writeFile(path, 'sixteen-letters!\n');
    assert.equal((await readSigningKeys({ OUTCOME_KEY_FILE: path, OUTCOMES_PATH })).keys.length, 1);
    assert.deepEqual(await readBearerTokens({ OUTCOMES_TOKEN_FILE: path }), ['sixteen-letters!']);
  });

  it('ends the start when its token is too short', async () => {
    await writeFile(path, 'x');
    const { status, stderr } = start({ OUTCOMES_TOKEN_FILE: path });
    assert.equal(status, 1);
    assert.match(stderr, /^vigia: cannot start: OUTCOMES_TOKEN_FILE=\S+: token 1 has fewer than 16 .*\n$/);
  });

  it('ends the start when one of its tokens is also a key', async () => {
    await writeFile(path, `another-secret-that-is-long\n${secret}\n`);
    for (const keys of [{ OUTCOME_KEY_FILE: path }, { OUTCOME_KEYS: `the-key-that-signs,${secret}` }]) {
      const { status, stderr } = start({ ...keys, OUTCOMES_TOKEN_FILE: path });
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^vigia: cannot start: OUTCOMES_TOKEN_FILE=\S+: token [12] is also a key .*openssl rand -base64 32\n$/,
      );
      assert.doesNotMatch(stderr, /secret-that/);
    }
  });

  it('ends the start in one line when it cannot be read as text', async () => {
    await writeFile(path, utf16(`\ufeff${secret}`));
    const { status, stderr } = start({ OUTCOME_KEY_FILE: path });
    assert.equal(status, 1);
    assert.equal(
      stderr,
      `vigia: cannot start: OUTCOME_KEY_FILE=${path}: is in UTF-16: save it as UTF-8 text\n`,
    );
  });
});

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { readSigningKeys } from '../../src/outcomes/keys.ts';
import { createTokens, digestModel } from '../../src/outcomes/token.ts';

const model = digestModel({ name: 'credit', version: '0123456789ab' });
const key = Buffer.from('a key that nobody else has');
const tokens = createTokens([key]);

describe('prediction ids', () => {
  it('contain model, time, score and prediction, bit by bit', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 2 ** 48 - 1 }),
        fc.nat({ max: 255 }),
        (score, timeMs, predictedClass) => {
          const id = tokens.sign(model, timeMs, score, predictedClass);
          const { key: _, ...token } = tokens.verify(id) ?? assert.fail('not verified');
          assert.deepEqual(token, { model: model.toString('hex'), timeMs, score, predictedClass });
        },
      ),
    );
  });

  it('are not accepted with a score that is not a finite number: it could not be counted', () => {
    for (const score of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      assert.equal(tokens.verify(tokens.sign(model, 5, score, 1)), undefined);
    }
  });

  it('have at most 80 characters of base64url', () => {
    assert.match(tokens.sign(model, Date.now(), 0.25, 1), /^[A-Za-z0-9_-]{68}$/);
  });

  it('differ for equal predictions, within a process and between two', () => {
    const other = createTokens([key]);
    const ids = Array.from({ length: 1000 }, (_, i) => (i % 2 ? tokens : other).sign(model, 5, 0.5, 1));
    assert.equal(new Set(ids).size, 1000);
    assert.equal(new Set(ids.map((id) => tokens.verify(id)?.key)).size, 1000);
  });

  it('are refused after any change of a character', () => {
    const id = tokens.sign(model, Date.now(), 0.25, 0);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ';
    for (let i = 0; i < id.length; i++) {
      for (const character of alphabet) {
        if (character === id[i]) continue;
        const forged = id.slice(0, i) + character + id.slice(i + 1);
        assert.equal(tokens.verify(forged), undefined, `${character} at ${i}`);
      }
    }
  });

  it('are refused when they are anything else, without an exception', () => {
    const id = tokens.sign(model, Date.now(), 0.25, 0);
    const others = [undefined, null, 7, {}, [id], '', 'x', id.slice(1), `${id}A`, `${id}\n`, 'é'.repeat(68)];
    for (const other of others) assert.equal(tokens.verify(other), undefined);
    fc.assert(fc.property(fc.anything(), (value) => tokens.verify(value) === undefined));
  });

  it('are refused under another key, and accepted under an older one', () => {
    const newer = Buffer.from('the next key, in the first place');
    const id = tokens.sign(model, 1000, 0.25, 0);
    assert.equal(createTokens([newer]).verify(id), undefined);
    const rotated = createTokens([newer, key]);
    assert.equal(rotated.verify(id)?.score, 0.25);
    assert.equal(tokens.verify(rotated.sign(model, 1000, 0.5, 1)), undefined);
  });

  it('are signed with HMAC-SHA-256 (RFC 2104), with a key of any length', () => {
    const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
    for (const bytes of [1, 16, 63, 64, 65, 200]) {
      const secret = randomBytes(bytes);
      const id = Buffer.from(createTokens([secret]).sign(model, 1000, 0.25, 1), 'base64url');
      const padded = Buffer.alloc(64);
      (bytes > 64 ? sha256(secret) : secret).copy(padded);
      const inner = sha256(
        padded.map((byte) => byte ^ 0x36),
        id.subarray(0, 35),
      );
      const mac = sha256(
        padded.map((byte) => byte ^ 0x5c),
        inner,
      );
      assert.deepEqual(id.subarray(35), mac.subarray(0, 16), `a key of ${bytes} bytes`);
    }
  });

  it('stay valid from one release to the next', () => {
    const given = [
      ['a key that nobody else has', 'AQEHivpH3hSRjgGLz-Voe6_6AyfZFcgAAAABP9AAAAAAAAAW8vsSNBVRkjKbz8NZ1zf7'],
      ['k'.repeat(100), 'AQEHivpH3hSRjgGLz-Voey8S-bswPLAAAAABP9AAAAAAAADVtDtAKz-MeTX5GOH24CVR'],
    ];
    for (const [secret, id] of given) {
      const { key: _, ...token } = createTokens([Buffer.from(secret)]).verify(id) ?? assert.fail('refused');
      assert.deepEqual(token, {
        model: model.toString('hex'),
        timeMs: 1_700_000_000_123,
        score: 0.25,
        predictedClass: 1,
      });
    }
  });
});

/** Where nothing can be kept. */
const OUTCOMES_PATH = '/dev/null/outcomes.jsonl';

describe('the keys that sign prediction ids', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigia-keys-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('are the lines of a file, or a list', async () => {
    const path = join(folder, 'keys');
    await writeFile(path, '  first key, long enough \n\nsecond key, long enough\r\n');
    const { keys } = await readSigningKeys({ OUTCOME_KEY_FILE: path, OUTCOMES_PATH });
    assert.deepEqual(keys.map(String), ['first key, long enough', 'second key, long enough']);
    const listed = await readSigningKeys({ OUTCOME_KEYS: ['only key, long enough'], OUTCOMES_PATH });
    assert.deepEqual(listed.keys.map(String), ['only key, long enough']);
  });

  it('are refused with the setting’s name, and never shown', async () => {
    const path = join(folder, 'short');
    await writeFile(path, 'long enough for a key\nshort');
    await assert.rejects(readSigningKeys({ OUTCOME_KEY_FILE: path, OUTCOMES_PATH }), (error: Error) => {
      assert.match(error.message, /^OUTCOME_KEY_FILE=.*: key 2 has fewer than 16 characters/);
      assert.doesNotMatch(error.message, /'?short'?$/);
      return true;
    });
    await assert.rejects(
      readSigningKeys({ OUTCOME_KEY_FILE: '/dev/null', OUTCOMES_PATH }),
      /contains no key/,
    );
    await assert.rejects(
      readSigningKeys({ OUTCOME_KEY_FILE: join(folder, 'none'), OUTCOMES_PATH }),
      /cannot be read: ENOENT/,
    );
    await assert.rejects(
      readSigningKeys({ OUTCOME_KEY_FILE: path, OUTCOME_KEYS: ['x'], OUTCOMES_PATH }),
      /both set: keep one/,
    );
  });
});

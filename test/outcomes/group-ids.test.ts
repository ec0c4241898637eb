import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { createKeystream } from '../../src/outcomes/keystream.ts';
import { createTokens, digestModel, maxGroups, readUnverified } from '../../src/outcomes/token.ts';

const model = digestModel({ name: 'credit', version: '0123456789ab' });
const key = Buffer.from('a key that nobody else has');
const tokens = createTokens([key]);

const bytesOf = (id: string) => Buffer.from(id, 'base64url');
/** What an id shows of decision and group: three bytes. */
const sealedOf = (id: string) => bytesOf(id).readUIntBE(1, 3);
/** Under which name and number an id was made: 5 and 4 bytes. */
const nonceOf = (id: string) => bytesOf(id).toString('hex', 18, 27);

/** The keystream as docs/security.md describes it, by Node's HMAC and RFC 5869 written out. */
function keystreamOf(signingKey: Buffer, id: string): number {
  const hmac = (secret: Buffer, ...parts: (string | Uint8Array)[]) =>
    createHmac('sha256', secret)
      .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
      .digest();
  const purpose = 'vigia prediction id, format version 2: decision and group';
  const derived = hmac(hmac(Buffer.alloc(32), signingKey), purpose, Uint8Array.of(1));
  const instance = bytesOf(id).subarray(18, 23);
  const sequence = bytesOf(id).readUInt32BE(23);
  const block = Buffer.alloc(4);
  block.writeUInt32BE(Math.floor(sequence / 10));
  return hmac(derived, instance, block).readUIntBE(3 * (sequence % 10), 3);
}

describe('prediction ids that hold a group', () => {
  it('carry it with the rest, bit by bit, in as many characters as those without', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 2 ** 48 - 1 }),
        fc.nat({ max: 1 }),
        fc.integer({ min: 0, max: maxGroups - 1 }),
        (score, timeMs, predictedClass, group) => {
          const id = tokens.sign(model, timeMs, score, predictedClass, group);
          assert.match(id, /^[A-Za-z0-9_-]{68}$/);
          const { key: _, ...token } = tokens.verify(id) ?? assert.fail('not verified');
          assert.deepEqual(token, { model: model.toString('hex'), timeMs, score, predictedClass, group });
        },
      ),
    );
    for (const group of [0, 1, maxGroups - 1]) {
      for (const predictedClass of [0, 1]) {
        const token = tokens.verify(tokens.sign(model, 5, 0.5, predictedClass, group));
        assert.deepEqual([token?.group, token?.predictedClass], [group, predictedClass]);
      }
    }
  });

  it('have room for two classes', () => {
    assert.throws(() => tokens.sign(model, 5, 0.5, 2, 0), RangeError);
  });

  it('are of version 2, those without of version 1, in one process', () => {
    for (let i = 0; i < 30; i++) {
      const [without, with_] = [tokens.sign(model, i, 0.5, 1), tokens.sign(model, i, 0.5, 1, i)];
      assert.deepEqual([bytesOf(without)[0], bytesOf(with_)[0]], [1, 2]);
      assert.deepEqual(tokens.verify(without)?.group, undefined);
      assert.deepEqual(tokens.verify(with_)?.group, i);
    }
  });

  it('are refused after a change of any of their bits', () => {
    const id = tokens.sign(model, Date.now(), 0.25, 0, 1234);
    for (let bit = 0; bit < 8 * 51; bit++) {
      const forged = bytesOf(id);
      forged[bit >> 3] ^= 1 << (bit & 7);
      assert.equal(tokens.verify(forged.toString('base64url')), undefined, `bit ${bit}`);
    }
  });

  it('are refused when their bytes are any others, without an exception', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(0, 1, 2, 3, 255),
        fc.uint8Array({ minLength: 50, maxLength: 50 }),
        (version, rest) => {
          const id = Buffer.from([version, ...rest]).toString('base64url');
          assert.equal(tokens.verify(id), undefined);
          assert.equal(readUnverified(id) === undefined, version !== 1 && version !== 2);
        },
      ),
    );
  });

  it('reveal their time to any reader, such as `--forget`', () => {
    const id = tokens.sign(model, 1_700_000_000_123, 0.25, 1, 9);
    assert.deepEqual(readUnverified(id), { key: tokens.verify(id)?.key, timeMs: 1_700_000_000_123 });
  });

  it('are read with the key that signed them, also when another has come before it', () => {
    const newer = Buffer.from('the next key, in the first place');
    const id = tokens.sign(model, 1000, 0.25, 0, 4321);
    assert.equal(createTokens([newer]).verify(id), undefined);
    const rotated = createTokens([newer, key]);
    assert.equal(rotated.verify(id)?.group, 4321);
    assert.equal(tokens.verify(rotated.sign(model, 1000, 0.5, 1, 4321)), undefined);
  });

  it('are read in any order, of many processes', () => {
    const processes = Array.from({ length: 5 }, () => createTokens([key]));
    const made = Array.from({ length: 300 }, (_, i) => ({
      group: 7 * i,
      id: processes[i % 5].sign(model, 5, 0.5, i % 2, 7 * i),
    }));
    for (let i = 0; i < made.length; i++) {
      const { id, group } = made[(77 * i) % made.length];
      assert.equal(tokens.verify(id)?.group, group);
    }
  });

  it('hide it by HMAC-SHA-256 under a key derived for this alone, with a signing key of any length', () => {
    for (const length of [1, 16, 64, 65, 200]) {
      const secret = Buffer.alloc(length, 0x6b);
      const signer = createTokens([secret]);
      for (let group = 0; group < 25; group++) {
        const id = signer.sign(model, 5, 0.5, group % 2, group);
        const content = 2 ** 23 * (group % 2) + group;
        assert.equal(sealedOf(id) ^ keystreamOf(secret, id), content, `a key of ${length} bytes`);
      }
    }
  });

  it('of two processes are hidden by different parts of the keystream, even under the same number', () => {
    const keystream = createKeystream(key);
    const part = (process: number) => keystream(Buffer.from([0, 0, 0, 0, process, 0, 0, 0, 0]), 0);
    const parts = [part(1), part(2)];
    assert.notEqual(parts[0], parts[1]);
    assert.deepEqual([part(1), part(2)], parts);
  });

  it('stay valid from one release to the next', () => {
    const given = [
      ['a key that nobody else has', 'AlhBBgeK-kfeFJGOAYvP5Wh77qxMNMYAACI9P9AAAAAAAAC6yaCOT00vDmPvYPVI9I5k'],
      ['k'.repeat(100), 'AuwX7QeK-kfeFJGOAYvP5Wh7KlqN-PMAACI9P9AAAAAAAABe0EyZckz0YCSIzN3UmrBp'],
    ];
    for (const [secret, id] of given) {
      const { key: _, ...token } = createTokens([Buffer.from(secret)]).verify(id) ?? assert.fail('refused');
      assert.deepEqual(token, {
        model: model.toString('hex'),
        timeMs: 1_700_000_000_123,
        score: 0.25,
        predictedClass: 1,
        group: 5_000_001,
      });
    }
  });

  it('never use the same part of the keystream twice, even when the numbers of a process start over', () => {
    const signer = createTokens([key], 2 ** 32 - 500);
    // ids of both versions take numbers
    const ids = Array.from({ length: 2000 }, (_, i) =>
      signer.sign(model, 5, 0.5, 1, i % 7 === 0 ? undefined : 0),
    );
    const grouped = ids.filter((id) => bytesOf(id)[0] === 2);
    assert.equal(new Set(grouped.map(nonceOf)).size, grouped.length);
    const names = new Set(grouped.map((id) => nonceOf(id).slice(0, 10)));
    assert.equal(names.size, 2, 'the process goes on under another name');
    for (const id of grouped) assert.equal(tokens.verify(id)?.group, 0);
  });

  it('look alike, whatever the group: each of the 24 bits is as often 0 as 1', () => {
    const signer = createTokens([key]);
    const count = 20_000;
    const groups: ((i: number) => number)[] = [() => 0, () => maxGroups - 1, (i) => i % 3];
    for (const groupOf of groups) {
      const ones = new Array<number>(24).fill(0);
      let sealedBefore = 0;
      let sameAsBefore = 0;
      for (let i = 0; i < count; i++) {
        const sealed = sealedOf(signer.sign(model, 5, 0.5, 0, groupOf(i)));
        for (let bit = 0; bit < 24; bit++) ones[bit] += (sealed >>> bit) & 1;
        if (sealed === sealedBefore) sameAsBefore++;
        sealedBefore = sealed;
      }
      // six standard deviations
      for (const of of ones) assert.ok(Math.abs(of - count / 2) < 6 * Math.sqrt(count / 4), String(ones));
      assert.ok(sameAsBefore < 5);
    }
  });
});

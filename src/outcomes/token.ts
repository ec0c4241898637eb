import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createHmacOver } from './hmac.ts';
import { createKeystream, type Keystream } from './keystream.ts';

/**
 * A prediction id is a signed token that contains everything its outcome will be joined with, so that nothing has to be
 * stored: 51 bytes, big-endian, as 68 characters of base64url. There are two formats, distinguished by the first byte.
 *
 * | bytes of version 1 | bytes of version 2 | content |
 * |---|---|---|
 * | 1 | 1 | format version |
 * | 1 | | the predicted class, by its place |
 * | | 3 | encrypted: 1 bit for the predicted class, 23 for the group of protected features |
 * | 8 | 8 | SHA-256 of model name and version, its first 64 bits |
 * | 6 | 6 | time, in ms since 1970 |
 * | 7 | 5 | random, of the process |
 * | 4 | 4 | sequence number within the process |
 * | 8 | 8 | score, float64 |
 * | 16 | 16 | HMAC-SHA-256 of all that, its first 128 bits |
 *
 * Version 2 is for models with protected features. Ids appear in samples and outcome files, so they must not reveal a
 * group: its three bytes are XORed with bytes of a keystream (`createKeystream`) that no other id uses, and the token
 * is signed over the result.
 *
 * The bytes are a multiple of three, which base64url encodes without padding, so each token has exactly one spelling.
 */
const formats = {
  1: { decision: 1, model: 2, time: 10, instance: 16 },
  2: { decision: 1, model: 4, time: 12, instance: 18 },
} as const;
/** The same in both versions. */
const at = { sequence: 23, score: 27, mac: 35 } as const;
const digestBytes = 8;
const timeBytes = 6;
const sealedBytes = 3;
const macBytes = 16;
const tokenBytes = at.mac + macBytes;
const form = /^[\w-]{68}$/;

const groupBits = 8 * sealedBytes - 1;
/** Group numbers are below this. */
export const maxGroups = 2 ** groupBits;

/** The first 64 bits of the SHA-256 of a model's name and version: which model a token belongs to. */
export type ModelDigest = Buffer;

export function digestModel({ name, version }: { name: string; version: string }): ModelDigest {
  return hash('sha256', JSON.stringify([name, version]), 'buffer').subarray(0, digestBytes);
}

/** What a prediction id says about its prediction. */
export type Token = {
  /** The model's digest in hexadecimal. */
  readonly model: string;
  /** When the prediction was made, in ms since 1970. */
  readonly timeMs: number;
  /** P(positive class), exactly as it was answered. */
  readonly score: number;
  /** The predicted class, by its index among those of the model. */
  readonly predictedClass: number;
  /** The number of the group that the input is in; absent in ids of version 1. */
  readonly group?: number;
  /** 64 bits that no other token is likely to share. */
  readonly key: bigint;
};

/** The content of an id without checking its signature; `undefined` for anything that does not have the form of one. */
export function readUnverified(id: string): Pick<Token, 'key' | 'timeMs'> | undefined {
  if (!form.test(id)) return undefined;
  const bytes = Buffer.from(id, 'base64url');
  const format = formatOf(bytes);
  return format && { key: bytes.readBigUInt64BE(at.mac), timeMs: bytes.readUIntBE(format.time, timeBytes) };
}

export type Tokens = {
  /**
   * Makes the id of a prediction. No two calls return the same one.
   *
   * @param timeMs whole ms since 1970
   * @param predictedClass by its index: both formats can hold 0 and 1, version 1 any byte
   * @param group the number of the group that the input is in, below `maxGroups`; it makes the id one of version 2
   */
  sign(model: ModelDigest, timeMs: number, score: number, predictedClass: number, group?: number): string;
  /**
   * Reads an id that was signed with one of the keys; `undefined` for anything else, and for a score that is not a
   * finite number, which could not be counted. Never throws.
   */
  verify(id: unknown): Token | undefined;
};

/**
 * Makes and checks prediction ids.
 *
 * @param keys at least one; the first signs, all verify, so that a key can be replaced without refusing old ids
 * @param firstSequence the sequence number of the first id
 */
export function createTokens(keys: readonly Buffer[], firstSequence = 0): Tokens {
  const plain = createSigner(1, keys[0]);
  const sealed = createSigner(2, keys[0]);
  const keystream = createKeystream(keys[0]);
  let sequence = firstSequence;

  function renameProcess(): void {
    for (const { token, format } of [plain, sealed]) {
      randomBytes(at.sequence - format.instance).copy(token, format.instance);
    }
  }
  renameProcess();

  const given = Buffer.alloc(tokenBytes);
  const givenMac = given.subarray(at.mac);
  const mac = Buffer.alloc(macBytes);
  const readers = keys.map((key) => ({
    authenticate: createHmacOver(key, given.subarray(0, at.mac)),
    keystream: createKeystream(key),
  }));
  const findReader = () =>
    readers.find(({ authenticate }) => {
      authenticate(mac, 0, macBytes);
      return timingSafeEqual(mac, givenMac);
    });

  return {
    sign(model, timeMs, score, predictedClass, group) {
      const { token, format, sign } = group === undefined ? plain : sealed;
      token.writeUInt32BE(sequence, at.sequence);
      if (group === undefined) {
        token[format.decision] = predictedClass;
      } else {
        const content = predictedClass * maxGroups + group;
        token.writeUIntBE(content ^ keystream(token, format.instance), format.decision, sealedBytes);
      }
      model.copy(token, format.model);
      token.writeUIntBE(timeMs, format.time, timeBytes);
      token.writeDoubleBE(score, at.score);
      sign(token, at.mac, macBytes);
      const id = token.toString('base64url');
      sequence = (sequence + 1) >>> 0;
      // the numbers start over, and no pair of name and number may occur twice
      if (sequence === 0) renameProcess();
      return id;
    },
    verify(id) {
      if (typeof id !== 'string' || !form.test(id)) return undefined;
      given.write(id, 'base64url');
      const format = formatOf(given);
      if (format === undefined) return undefined;
      const reader = findReader();
      if (reader === undefined) return undefined;
      const score = given.readDoubleBE(at.score);
      if (!Number.isFinite(score)) return undefined;
      return {
        model: given.toString('hex', format.model, format.model + digestBytes),
        timeMs: given.readUIntBE(format.time, timeBytes),
        score,
        ...readDecision(given, reader.keystream),
        key: given.readBigUInt64BE(at.mac),
      };
    },
  };
}

/** A token to be filled in, and the function that signs it. */
function createSigner(version: keyof typeof formats, key: Buffer) {
  const token = Buffer.alloc(tokenBytes);
  token[0] = version;
  return { token, format: formats[version], sign: createHmacOver(key, token.subarray(0, at.mac)) };
}

function formatOf(token: Buffer): (typeof formats)[keyof typeof formats] | undefined {
  return (formats as Readonly<Record<number, (typeof formats)[keyof typeof formats]>>)[token[0]];
}

function readDecision(token: Buffer, keystream: Keystream): Pick<Token, 'predictedClass' | 'group'> {
  if (token[0] === 1) return { predictedClass: token[formats[1].decision] };
  const { decision, instance } = formats[2];
  const content = token.readUIntBE(decision, sealedBytes) ^ keystream(token, instance);
  return { predictedClass: content >>> groupBits, group: content % maxGroups };
}

import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createHmacOver } from './hmac.ts';

/**
 * A prediction id is a signed token that carries what its outcome will be joined with, so that nothing has to be
 * stored: 51 bytes, big-endian, as 68 characters of base64url.
 *
 * | bytes | content |
 * |---|---|
 * | 1 | format version |
 * | 1 | prediction: 1 positive, 0 negative |
 * | 8 | SHA-256 of model name and version, its first 64 bits |
 * | 6 | time, in ms since 1970 |
 * | 7 | random, of the process |
 * | 4 | sequence number within the process |
 * | 8 | score, float64 |
 * | 16 | HMAC-SHA-256 of all that, its first 128 bits |
 *
 * Three bytes make four characters without a rest, so each token has exactly one spelling.
 */
const formatVersion = 1;
const at = { prediction: 1, model: 2, time: 10, instance: 16, sequence: 23, score: 27, mac: 35 } as const;
const macBytes = 16;
const tokenBytes = at.mac + macBytes;
const form = /^[\w-]{68}$/;

/** The first 64 bits of the SHA-256 of a model's name and version: which model a token belongs to. */
export type ModelDigest = Buffer;

export function digestModel({ name, version }: { name: string; version: string }): ModelDigest {
  return hash('sha256', JSON.stringify([name, version]), 'buffer').subarray(0, at.time - at.model);
}

/** What a prediction id says of its prediction. */
export type Token = {
  /** The model's digest in hexadecimal. */
  readonly model: string;
  /** When the prediction was made, in ms since 1970. */
  readonly timeMs: number;
  /** P(positive class), the very number that was answered. */
  readonly score: number;
  /** Whether the positive class was predicted. */
  readonly isPositive: boolean;
  /** 64 bits that no other token is likely to share. */
  readonly key: bigint;
};

/** What an id says of itself, whoever made it; `undefined` for what has not the form of one. */
export function readUnverified(id: string): Pick<Token, 'key' | 'timeMs'> | undefined {
  if (!form.test(id)) return undefined;
  const bytes = Buffer.from(id, 'base64url');
  return { key: bytes.readBigUInt64BE(at.mac), timeMs: bytes.readUIntBE(at.time, 6) };
}

export type Tokens = {
  /**
   * Makes the id of a prediction. Two calls never give the same one.
   *
   * @param timeMs whole ms since 1970
   */
  sign(model: ModelDigest, timeMs: number, score: number, isPositive: boolean): string;
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
 */
export function createTokens(keys: readonly Buffer[]): Tokens {
  const token = Buffer.alloc(tokenBytes);
  const content = token.subarray(0, at.mac);
  token[0] = formatVersion;
  randomBytes(at.sequence - at.instance).copy(token, at.instance);
  let sequence = 0;
  const signContent = createHmacOver(keys[0], content);

  const given = Buffer.alloc(tokenBytes);
  const givenMac = given.subarray(at.mac);
  const mac = Buffer.alloc(macBytes);
  const authenticators = keys.map((key) => createHmacOver(key, given.subarray(0, at.mac)));
  const isSigned = () =>
    authenticators.some((authenticate) => {
      authenticate(mac, 0, macBytes);
      return timingSafeEqual(mac, givenMac);
    });

  return {
    sign(model, timeMs, score, isPositive) {
      token[at.prediction] = isPositive ? 1 : 0;
      model.copy(token, at.model);
      token.writeUIntBE(timeMs, at.time, 6);
      sequence = (sequence + 1) >>> 0;
      token.writeUInt32BE(sequence, at.sequence);
      token.writeDoubleBE(score, at.score);
      signContent(token, at.mac, macBytes);
      return token.toString('base64url');
    },
    verify(id) {
      if (typeof id !== 'string' || !form.test(id)) return undefined;
      given.write(id, 'base64url');
      if (given[0] !== formatVersion || !isSigned()) return undefined;
      const score = given.readDoubleBE(at.score);
      if (!Number.isFinite(score)) return undefined;
      return {
        model: given.toString('hex', at.model, at.time),
        timeMs: given.readUIntBE(at.time, 6),
        score,
        isPositive: given[at.prediction] === 1,
        key: given.readBigUInt64BE(at.mac),
      };
    },
  };
}

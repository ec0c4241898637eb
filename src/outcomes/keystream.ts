import { hkdfSync } from 'node:crypto';
import { createHmacOver } from './hmac.ts';

const purpose = 'vigia prediction id, format version 2: decision and group';
const keyBytes = 32;
const blockBytes = 32;
const chunkBytes = 3;
const chunksPerBlock = Math.floor(blockBytes / chunkBytes);
const instanceBytes = 5;
const sequenceBytes = 4;

/**
 * The three bytes, as a number, that encrypt the group in an id with this process name and sequence number.
 *
 * @param token holds the random name of the process, 5 bytes, and then the sequence number, 4 bytes
 * @param offset where they stand
 */
export type Keystream = (token: Buffer, offset: number) => number;

/**
 * Makes the keystream of a signing key: HMAC-SHA-256 as a pseudorandom function in counter mode. A block is the HMAC of
 * the process's name and of the sequence number divided by ten (rounded down), and provides three bytes each for ten
 * ids. Its key is derived from the signing key for this purpose alone (HKDF-SHA-256, RFC 5869, without salt), so that
 * no block is ever a signature, or a signature a block.
 *
 * Each pair of name and number must be used for one id only: two ids with the same bytes would reveal the XOR of their
 * contents. A block is kept until another one is requested, so signing computes one in ten calls.
 */
export function createKeystream(signingKey: Buffer): Keystream {
  const key = Buffer.from(hkdfSync('sha256', signingKey, '', purpose, keyBytes));
  const message = Buffer.alloc(instanceBytes + sequenceBytes);
  const block = Buffer.alloc(blockBytes);
  const generate = createHmacOver(key, message);
  let instance: number | undefined;
  let number: number | undefined;
  return (token, offset) => {
    const sequence = token.readUInt32BE(offset + instanceBytes);
    const wantedInstance = token.readUIntBE(offset, instanceBytes);
    const wantedNumber = Math.floor(sequence / chunksPerBlock);
    if (wantedNumber !== number || wantedInstance !== instance) {
      instance = wantedInstance;
      number = wantedNumber;
      message.writeUIntBE(instance, 0, instanceBytes);
      message.writeUInt32BE(number, instanceBytes);
      generate(block, 0, blockBytes);
    }
    return block.readUIntBE((sequence % chunksPerBlock) * chunkBytes, chunkBytes);
  };
}

import { hash } from 'node:crypto';

const blockBytes = 64;
const digestBytes = 32;

/**
 * Computes the HMAC of the current content of the message buffer, and writes its first `bytes` bytes to `target` at
 * `offset`.
 */
export type Hmac = (target: Buffer, offset: number, bytes: number) => void;

/**
 * Prepares HMAC-SHA-256 (RFC 2104) for one key over a buffer that is refilled for each call.
 *
 * `createHmac` makes an object with native memory for each message, which the garbage collector has to finalize: under
 * load that costs over 3 µs more per request than two calls of `hash`, which leave no garbage (docs/security.md).
 *
 * @param key of any length
 * @param message the buffer that each call authenticates as a whole
 */
export function createHmacOver(key: Buffer, message: Buffer): Hmac {
  const blockKey = key.length > blockBytes ? hash('sha256', key, 'buffer') : key;
  const inner = Buffer.alloc(blockBytes + message.length, 0x36);
  const outer = Buffer.alloc(blockBytes + digestBytes, 0x5c);
  for (let i = 0; i < blockKey.length; i++) {
    inner[i] ^= blockKey[i];
    outer[i] ^= blockKey[i];
  }
  // digests as text: for a buffer, Node allocates memory outside the heap each time
  return (target, offset, bytes) => {
    message.copy(inner, blockBytes);
    outer.write(hash('sha256', inner, 'binary'), blockBytes, digestBytes, 'binary');
    target.write(hash('sha256', outer, 'binary'), offset, bytes, 'binary');
  };
}

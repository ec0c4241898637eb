import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import { createHmacOver } from '../src/outcomes/hmac.ts';
import { createTokens, digestModel } from '../src/outcomes/token.ts';

/**
 * The cost of signing and checking a prediction id in a separate loop, and of its HMAC alone, also with `createHmac`.
 */
const calls = 300_000;

function measure(name: string, work: (i: number) => unknown): void {
  for (let i = 0; i < calls / 10; i++) work(i);
  const rounds = Array.from({ length: 5 }, () => {
    const startedMs = performance.now();
    for (let i = 0; i < calls; i++) work(i);
    return ((performance.now() - startedMs) * 1000) / calls;
  }).sort((a, b) => a - b);
  console.log(
    `${name.padEnd(34)} ${rounds[2].toFixed(2)} µs (${rounds[0].toFixed(2)}–${rounds[4].toFixed(2)})`,
  );
}

const key = randomBytes(32);
const tokens = createTokens([key]);
const model = digestModel({ name: 'credit', version: '0123456789ab' });
const ids = Array.from({ length: 1000 }, (_, i) => tokens.sign(model, i, i / 1000, i % 2));
const groupedIds = ids.map((_, i) => tokens.sign(model, i, i / 1000, i % 2, i));
const message = randomBytes(35);
const mac = Buffer.alloc(16);
const authenticate = createHmacOver(key, message);
const secret = createSecretKey(key);

measure('sign', (i) => tokens.sign(model, 1_700_000_000_000 + i, 0.25, 1));
measure('verify', (i) => tokens.verify(ids[i % ids.length]));
measure('sign, with a group', (i) => tokens.sign(model, 1_700_000_000_000 + i, 0.25, 1, i % 1000));
measure('verify, with a group', (i) => tokens.verify(groupedIds[i % groupedIds.length]));
// with nothing left of the previous block, as when outcomes arrive in any order
measure('verify, with a group, out of order', (i) => tokens.verify(groupedIds[(37 * i) % groupedIds.length]));
measure('HMAC', () => authenticate(mac, 0, 16));
measure('HMAC by createHmac', () => createHmac('sha256', secret).update(message).digest('hex'));

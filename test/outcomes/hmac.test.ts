import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { createHmacOver } from '../../src/outcomes/hmac.ts';

/** RFC 4231, section 4. Its case 5 is about output cut to 128 bits. */
const vectors: [testCase: number, key: Buffer, data: Buffer, mac: string][] = [
  [
    1,
    Buffer.alloc(20, 0x0b),
    Buffer.from('Hi There'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    2,
    Buffer.from('Jefe'),
    Buffer.from('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    3,
    Buffer.alloc(20, 0xaa),
    Buffer.alloc(50, 0xdd),
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    4,
    Buffer.from(Array.from({ length: 25 }, (_, i) => i + 1)),
    Buffer.alloc(50, 0xcd),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [5, Buffer.alloc(20, 0x0c), Buffer.from('Test With Truncation'), 'a3b6167473100ee06e0c796c2955552b'],
  [
    6,
    Buffer.alloc(131, 0xaa),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    7,
    Buffer.alloc(131, 0xaa),
    Buffer.from(
      'This is a test using a larger than block-size key and a larger than block-size data. ' +
        'The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
];

function macOf(key: Buffer, message: Buffer, bytes = 32): Buffer {
  const mac = Buffer.alloc(bytes);
  createHmacOver(key, message)(mac, 0, bytes);
  return mac;
}

describe('HMAC-SHA-256', () => {
  for (const [testCase, key, data, mac] of vectors) {
    it(`gives the result of RFC 4231’s test case ${testCase}`, () => {
      assert.equal(macOf(key, data, mac.length / 2).toString('hex'), mac);
    });
  }

  it('equals Node’s, for keys and messages of any length', () => {
    for (const keyBytes of [0, 1, 32, 63, 64, 65, 200]) {
      for (const messageBytes of [0, 1, 35, 55, 56, 64, 500]) {
        const [key, message] = [randomBytes(keyBytes), randomBytes(messageBytes)];
        assert.deepEqual(macOf(key, message), createHmac('sha256', key).update(message).digest());
      }
    }
  });

  it('authenticates the buffer’s content at the call, and writes only what is requested', () => {
    const key = randomBytes(32);
    const message = Buffer.alloc(35);
    const authenticate = createHmacOver(key, message);
    for (let i = 0; i < 3; i++) {
      randomBytes(35).copy(message);
      const target = Buffer.alloc(40, 0xee);
      authenticate(target, 8, 16);
      const mac = createHmac('sha256', key).update(message).digest().subarray(0, 16);
      assert.deepEqual(target, Buffer.concat([Buffer.alloc(8, 0xee), mac, Buffer.alloc(16, 0xee)]));
    }
  });
});

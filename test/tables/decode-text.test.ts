import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { decodeText } from '../../src/tables/decode-text.ts';
import { inPieces } from './table-from.ts';

const text = 'größe,preis\nÄpfel,1 €\n';

async function decode(bytes: Uint8Array, size: number): Promise<string> {
  let decoded = '';
  for await (const piece of decodeText(inPieces(bytes, size), 't.csv')) decoded += piece;
  return decoded;
}

function utf16(content: string, littleEndian: boolean): Buffer {
  const bytes = Buffer.from(`\ufeff${content}`, 'utf16le');
  return littleEndian ? bytes : bytes.swap16();
}

describe('decoding text', () => {
  const encodings: [name: string, bytes: Buffer][] = [
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, little end first', utf16(text, true)],
    ['UTF-16, big end first', utf16(text, false)],
    ['windows-1252', Buffer.from(text.replaceAll('€', '\u0080'), 'latin1')],
  ];
  for (const [name, bytes] of encodings) {
    it(`knows ${name}, in pieces of any size`, async () => {
      for (const size of [1, 2, 3, 5, 1000])
        assert.equal(await decode(bytes, size), text, `pieces of ${size}`);
    });
  }

  it('decides by the first non-ASCII line, however late it comes', async () => {
    const ascii = 'a,b\n'.repeat(50_000);
    const latin = Buffer.concat([Buffer.from(ascii), Buffer.from('Müller,1\n', 'latin1')]);
    assert.equal(await decode(latin, 1 << 16), `${ascii}Müller,1\n`);
  });

  it('refuses UTF-8 that turns into something else, with the line', async () => {
    const bytes = Buffer.concat([Buffer.from('é\nb\nc\n'), Buffer.from('d\né\n', 'latin1')]);
    for (const size of [1, 4, 100]) {
      await assert.rejects(decode(bytes, size), {
        message: 't.csv:5: not UTF-8, although earlier lines are: save the file in a single encoding',
      });
    }
  });

  it('refuses compressed data', async () => {
    for (const size of [1, 100]) {
      await assert.rejects(decode(gzipSync(text), size), {
        message: 't.csv: is compressed with gzip: decompress it first',
      });
    }
  });

  it('refuses a line without end', async () => {
    async function* endless() {
      for (;;) yield Buffer.alloc(1 << 20, 'x');
    }
    const pieces = decodeText(endless(), 't.csv');
    await assert.rejects(pieces.next(), {
      message: 't.csv: no line end within 16 MiB: not a text table',
    });
  });
});

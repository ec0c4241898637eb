import assert from 'node:assert/strict';
import { createProgressBar } from '../../src/cli/progress-bar.ts';

describe('the progress bar', () => {
  const { isTTY, write } = process.stderr;
  let written: string;
  beforeEach(() => {
    written = '';
    process.stderr.write = (text: string | Uint8Array) => {
      written += text;
      return true;
    };
  });
  afterEach(() => {
    process.stderr.write = write;
    process.stderr.isTTY = isTTY;
  });

  it('draws on a terminal, and clears its line at the end', () => {
    process.stderr.isTTY = true;
    const bar = createProgressBar('training', 50);
    bar.update(25);
    assert.equal(written, `\r\u001b[Ktraining ${'█'.repeat(15)}${'░'.repeat(15)} 50 %`);
    bar.update(26);
    assert.equal(written.split('\r').length, 2, 'two updates at once are drawn as one');
    bar.end();
    assert.ok(written.endsWith('%\r\u001b[K'));
  });

  it('stays within its width when there is more to do than announced', () => {
    process.stderr.isTTY = true;
    createProgressBar('reading', 10).update(30);
    assert.equal(written, `\r\u001b[Kreading ${'█'.repeat(30)} 100 %`);
  });

  it('writes nothing into a file or pipe', () => {
    process.stderr.isTTY = false;
    const bar = createProgressBar('training', 50);
    bar.update(25);
    bar.end();
    assert.equal(written, '');
  });
});

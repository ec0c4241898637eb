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

  it('says after a second how long the rest takes', () => {
    process.stderr.isTTY = true;
    let now = 0;
    const bar = createProgressBar('training', 50, () => now);
    const drawnAt = (ms: number, done: number) => {
      now = ms;
      bar.update(done);
      return written
        .split('\u001b[K')
        .at(-1)
        ?.replace(/^.*[█░] /, '');
    };
    assert.equal(drawnAt(900, 1), '2 %');
    assert.equal(drawnAt(5000, 10), '20 %, 20 s left');
    assert.equal(drawnAt(100_000, 20), '40 %, 3 min left');
    assert.equal(drawnAt(110_000, 50), '100 %');
  });

  it('stays within its width when there is more to do than announced', () => {
    process.stderr.isTTY = true;
    createProgressBar('reading', 10).update(30);
    assert.equal(written, `\r\u001b[Kreading ${'█'.repeat(30)} 100 %`);
  });

  it('writes a line every ten seconds into a file or pipe', () => {
    process.stderr.isTTY = false;
    let now = 0;
    const bar = createProgressBar('training', 50, () => now);
    for (const [ms, done] of [
      [0, 1],
      [9999, 5],
      [10_000, 10],
      [19_000, 20],
      [21_000, 25],
    ]) {
      now = ms;
      bar.update(done);
    }
    bar.end();
    assert.equal(written, 'training 20 %, 40 s left\ntraining 50 %, 21 s left\n');
  });
});

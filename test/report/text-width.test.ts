import assert from 'node:assert/strict';
import { renderText } from '../../src/report/render/render-text.ts';
import { columnsOf } from '../../src/text/terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { driftReport } from './run-command.ts';

describe('the report on a wide terminal', () => {
  const name = 'Selbstbeteiligung_in_Euro_pro_Jahr';

  it('has room for names that are cut off in 80 columns', async () => {
    await using folder = await temporaryFolder();
    const rows = Array.from({ length: 1000 }, (_, i) => `${(i * 37) % 101},${'xyz'[i % 3]}`);
    const table = await folder.write('rows.csv', `${name},b\n${rows.join('\n')}\n`);
    const report = await driftReport('--reference', table, '--live', table);
    for (const [width, shown] of [
      [80, 'Selbstbeteilig…'],
      [110, name],
    ] as const) {
      const lines = renderText(report, width).map((line) => (typeof line === 'string' ? line : line.text));
      assert.ok(
        lines.some((line) => line.slice(2).startsWith(`${shown} `) && line.includes('stable')),
        lines.join('\n'),
      );
      for (const line of lines) assert.ok([...line].length <= width, line);
      assert.ok(lines.some((line) => [...line].length > width - 15));
    }
  });

  it('is as wide as the terminal, and 80 columns where there is none or it is narrower', () => {
    const stream = (isTTY: boolean, columns: number) => ({ isTTY, columns }) as NodeJS.WriteStream;
    assert.equal(columnsOf(stream(true, 132)), 132);
    assert.equal(columnsOf(stream(true, 60)), 80);
    assert.equal(columnsOf(stream(false, 132)), 80);
  });
});

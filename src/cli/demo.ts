import { runDemo } from '../demo/run-demo.ts';
import { rewriteLine, writeLines } from '../text/terminal.ts';
import type { Values } from './command.ts';
import type { options } from './commands/demo.ts';
import { serviceSetting } from './service-settings.ts';
import { stopOnSignal } from './stop-on-signal.ts';
import { readDuration } from './time-options.ts';

export async function run({ after = '60s' }: Values<typeof options>): Promise<number> {
  await runDemo({
    afterMs: readDuration('after', after),
    port: serviceSetting('PORT'),
    adminPort: serviceSetting('ADMIN_PORT'),
    signal: stopOnSignal(),
    tell: (lines) => writeLines(process.stdout, lines),
    show: (text) => {
      if (process.stderr.isTTY) rewriteLine(process.stderr, text);
    },
  });
  return 0;
}

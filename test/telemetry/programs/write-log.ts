/**
 * Logs argv[2] numbered lines of about 1 KiB in bursts, a turn of the event loop between them, then ends as argv[4]
 * says and leaves in the file argv[3] what it knows: `close` waits until all is written, `giveUp` not for long, and
 * there are `exit` and `throw`. Before the line argv[5], if given,
 * it leaves `{"ready":true}` there and waits for the file `argv[3].go`.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { createLogDestination } from '../../../src/telemetry/log-destination.ts';
import { createLogger, terminalFormat } from '../../../src/telemetry/logger.ts';

const [count, report, end, waitAt = ''] = process.argv.slice(2);
const destination = createLogDestination({ format: terminalFormat(), maxPendingBytes: 1024 * 1024 });
const logger = createLogger({ level: 'info', name: 'credit-api', destination });
/** In one step, because a test keeps polling for it. */
function leave(what: object): void {
  writeFileSync(`${report}.new`, JSON.stringify(what));
  renameSync(`${report}.new`, report);
}

async function waitForGo(): Promise<void> {
  leave({ ready: true });
  while (!existsSync(`${report}.go`)) await setTimeout(5);
}

const text = 'x'.repeat(900);
for (let i = 0; i < Number(count); i++) {
  if (waitAt === `${i}`) await waitForGo();
  logger.info({ i, text }, 'a line');
  if (i % 100 === 99) await setImmediate();
}
if (end === 'throw') throw new Error('thrown after the last line');
if (end === 'exit') process.exit(3);
await destination.close(end === 'giveUp' ? 300 : 60_000);
leave({ droppedLines: destination.droppedLines });
process.exit(0);

// Prints what the service does at each SIGHUP. Its clock stands still, but SIGUSR2 lets a minute pass.

import { mock } from 'node:test';

mock.timers.enable({ apis: ['setInterval'] });
const { onReloadRequest, stopRequested } = await import('../../../src/process-signals.ts');

const say = (line: string) => process.stdout.write(`${line}\n`);
onReloadRequest(() => say('reload'));
stopRequested.addEventListener('abort', () => {
  say('stop');
  process.exit();
});
process.on('SIGUSR2', () => {
  mock.timers.tick(60_000);
  say('a minute later');
});
// of another kind than those that stand still
setTimeout(() => process.exit(1), 60_000);
say(`process ${process.pid}`);

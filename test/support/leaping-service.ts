import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { eventually, startTestService, type TestService } from './service.ts';

const leapAhead = fileURLToPath(new URL('../faults/programs/leap-ahead.ts', import.meta.url));

/** Starts a service for which days pass on the test's command. */
export function startLeapingService(env: Record<string, string> = {}): Promise<TestService> {
  return startTestService({
    NODE_OPTIONS: `--import=${leapAhead}`,
    LEAP_MS: '86400000',
    MAX_EVENT_LOOP_DELAY_MS: '1e12',
    ...env,
  });
}

/**
 * Makes a day pass instantly.
 *
 * @param daysOf how many days have passed, according to the service
 */
export async function passDay(
  service: TestService,
  daysOf: (service: TestService) => Promise<number>,
): Promise<void> {
  const days = await daysOf(service);
  service.process.kill('SIGUSR2');
  await eventually(async () => assert.equal(await daysOf(service), days + 1));
}

/** Starts a service in the folder argv[2], prints its process id, and leaves it behind. */
import { startTestService } from '../service.ts';

// as mocha does while a test runs
const timeout = setTimeout(() => {}, 60_000);
const service = await startTestService({}, process.argv[2]);
clearTimeout(timeout);
console.log(service.process.pid);

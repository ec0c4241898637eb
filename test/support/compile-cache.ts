import { join } from 'node:path';

/** Mocha loads this first: the hundreds of processes that tests start then compile the same TypeScript once. */
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../../node_modules/.cache/node');

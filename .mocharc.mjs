import { availableParallelism } from 'node:os';

/** `npm test`: everything but what `npm run test:all` runs as well. */
export default {
  spec: ['test/**/*.test.ts'],
  ignore: ['test/stack/**', 'test/faults/**', 'test/**/*.{slow,alone}.test.ts'],
  require: ['./test/support/compile-cache.ts'],
  parallel: true,
  jobs: Math.max(2, availableParallelism()),
  timeout: 60_000,
  slow: 1000,
};

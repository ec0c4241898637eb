/** Loaded by `--import` before `npm run traffic`: it does not wait before it sends outcomes again. */
const { setTimeout: wait } = globalThis;
const retryMs = 1000;

// longer waits are those for an answer, which must not end
globalThis.setTimeout = ((run: () => void, ms: number) =>
  wait(run, ms === retryMs ? 0 : ms)) as typeof setTimeout;

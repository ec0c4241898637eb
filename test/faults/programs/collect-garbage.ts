/** Loaded by `--import` before the service, with `--expose-gc`: SIGUSR2 collects all garbage, so that what is left is in use. */
process.on('SIGUSR2', () => (globalThis as unknown as { gc(): void }).gc());

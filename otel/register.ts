// Loaded by `node --import` before the server: signals first, as the rest takes most of a second to load, then the SDK
// and the hook that lets it instrument ES modules. Without the hook Koa's spans and `http.route` are missing, and nothing
// says so.

import '../src/process-signals.ts';

const { instrumentedModules, telemetry } = await import('./sdk.ts');

// With nothing to trace there is nothing to instrument. The hook runs in this thread: one of its own, as
// `module.register()` starts, would take 20 MB. It looks at the modules that are instrumented and at no other.
if (telemetry.endpoints.traces) {
  const { register } = await import('import-in-the-middle/register-hooks.mjs');
  register({ include: [...instrumentedModules] });
}

// Loaded by `node --import` before the server. The order matters: the SDK first, then the hook that lets it
// instrument ES modules. The other way round the hook wraps the SDK's own modules and the start takes seconds;
// without the hook Koa's spans and `http.route` are missing, and nothing says so.

import { register } from 'import-in-the-middle/register-hooks.mjs';
import { instrumentedModules, telemetry } from './sdk.ts';

// With nothing to trace there is nothing to instrument. The hook runs in this thread: one of its own, as
// `module.register()` starts, would take 20 MB. It looks at the modules that are instrumented and at no other.
if (telemetry.tracesEndpoint) register({ include: [...instrumentedModules] });

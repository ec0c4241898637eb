// Loaded by `node --import` before the server. The order matters: the SDK first, then the hook that lets it
// instrument ES modules. The other way round the hook wraps the SDK's own modules and the start takes seconds;
// without the hook Koa's spans and `http.route` are missing, and nothing says so.

import { register } from 'node:module';
import { telemetry } from './sdk.ts';

// with nothing to trace there is nothing to instrument
if (telemetry.tracesEndpoint) register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);

import { EventEmitter } from 'node:events';
import type { Context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

/**
 * The SDK's context manager, except that event emitters are left unchanged. The HTTP instrumentation would have it wrap
 * seven methods of every traced request and response, so that listeners run in the request's span. Our listeners await
 * promises, which keep the span anyway, and if traced requests have a different shape from untraced ones, Node is
 * slower for both.
 */
export function createContextManager(): AsyncLocalStorageContextManager {
  const manager = new AsyncLocalStorageContextManager();
  const bind = manager.bind.bind(manager);
  manager.bind = <Target>(context: Context, target: Target) =>
    target instanceof EventEmitter ? target : bind(context, target);
  return manager;
}

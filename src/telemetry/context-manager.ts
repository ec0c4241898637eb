import { EventEmitter } from 'node:events';
import type { Context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

/**
 * The SDK's context manager, but event emitters are left as they are. The HTTP instrumentation has it wrap seven methods
 * of every traced request and response, so that listeners run in the request's span. Ours wait for promises, which
 * keep the span by themselves; and requests that differ in shape from those that are not traced make Node slower for
 * both.
 */
export function createContextManager(): AsyncLocalStorageContextManager {
  const manager = new AsyncLocalStorageContextManager();
  const bind = manager.bind.bind(manager);
  manager.bind = <Target>(context: Context, target: Target) =>
    target instanceof EventEmitter ? target : bind(context, target);
  return manager;
}

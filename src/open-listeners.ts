import { named } from './exit-on-failure.ts';
import { createAdminApp, createPublicApp } from './http/apps.ts';
import { type Listener, listen } from './http/listener.ts';
import type { Service } from './http/service.ts';
import { createLoadGuard, type LoadGuard } from './http/shed-load.ts';
import type { SlowReaders } from './http/slow-readers.ts';
import type { UnreadableReason } from './telemetry/http-metrics.ts';
import { createRequestSampler } from './telemetry/request-sampling.ts';

export type Listeners = {
  readonly admin: Listener;
  readonly api: Listener;
  /** Refuses requests to the API under overload. */
  readonly guard: LoadGuard;
};

/**
 * Opens both listeners.
 *
 * @param options.isTraced whether spans of the API's requests are exported
 * @throws Error for an address that cannot be used; nothing is left open
 */
export async function openListeners(
  service: Service,
  { slowReaders, isTraced }: { readonly slowReaders: SlowReaders; readonly isTraced: boolean },
): Promise<Listeners> {
  const { config, httpMetrics } = service;
  const both = {
    keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS,
    allowedHosts: config.ALLOWED_HOSTS,
    slowReaders,
    onUnreadable: (reason: UnreadableReason) => httpMetrics.unreadable[reason]++,
  };
  await using opened = new AsyncDisposableStack();
  const guard = createLoadGuard(httpMetrics, {
    maxConcurrent: config.MAX_CONCURRENT_REQUESTS,
    maxDelayMs: config.MAX_EVENT_LOOP_DELAY_MS,
  });
  opened.defer(() => guard.stop());
  const admin = await named(
    'ADMIN_HOST, ADMIN_PORT',
    listen(createAdminApp(service), {
      ...both,
      host: config.ADMIN_HOST,
      port: config.ADMIN_PORT,
      sample: () => false,
    }),
  );
  opened.defer(() => admin.drain());
  const sample = createRequestSampler(
    config.OTEL_TRACES_SAMPLER,
    config.OTEL_TRACES_SAMPLER_ARG,
    service.callerTrace,
  );
  const api = await named(
    'HOST, PORT',
    listen(createPublicApp(service), {
      ...both,
      host: config.HOST,
      port: config.PORT,
      sample: isTraced ? sample : () => false,
      refuse: guard.refuse,
    }),
  );
  opened.move();
  return { admin, api, guard };
}

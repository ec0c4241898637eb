import { Problem } from '../problem.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/** `GET /health`: the process answers. `GET /ready`: it accepts work. */
export function addHealthRoutes(router: AppRouter, service: Service): void {
  router.get('/health', (context) => sendJson(context, '{"status":"ok"}'));
  router.get('/ready', (context) => {
    requireReady(service);
    sendJson(context, '{"status":"ready"}');
  });
}

/** @throws Problem 503 while the service does not accept work */
export function requireReady({ state }: Pick<Service, 'state'>): void {
  if (state === 'ready') return;
  throw new Problem('unavailable', `the service is ${state}`, { headers: { 'retry-after': '1' } });
}

import { Problem } from '../problem.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/** `GET /health`: the process answers. `GET /ready`: it takes work. */
export function addHealthRoutes(router: AppRouter, service: Service): void {
  router.get('/health', (context) => sendJson(context, '{"status":"ok"}'));
  router.get('/ready', (context) => {
    if (service.state !== 'ready') {
      throw new Problem('unavailable', `the service is ${service.state}`, {
        headers: { 'retry-after': '1' },
      });
    }
    sendJson(context, '{"status":"ready"}');
  });
}

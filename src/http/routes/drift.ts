import type Router from '@koa/router';
import { liveDrift } from '../../monitor/live-drift.ts';
import { windowNames } from '../../monitor/windows.ts';
import { driftRule } from '../../stats/drift.ts';
import type { RequestState } from '../request-context.ts';
import { sendJson } from '../send-json.ts';
import type { Service } from '../service.ts';

/** `GET /drift` of the admin listener: how far this replica's traffic has moved from the reference. */
export function addDriftRoute(router: Router<RequestState>, service: Service): void {
  router.get('/drift', (context) => {
    const { monitor } = service.deployment.counts;
    const { model: name, version } = monitor.reference;
    const windows = Object.fromEntries(
      windowNames.map((window) => {
        const variables = liveDrift(monitor, window);
        return [window, { features: variables.slice(0, -1), score: variables[variables.length - 1] }];
      }),
    );
    sendJson(context, JSON.stringify({ model: { name, version }, rule: driftRule, windows }));
  });
}

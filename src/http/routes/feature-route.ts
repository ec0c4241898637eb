import { shownModel } from '../chosen-model.ts';
import { featurePage } from '../pages/feature-page.ts';
import { modelQuery } from '../pages/page-links.ts';
import { sendPage } from '../pages/send-page.ts';
import { Problem } from '../problem.ts';
import type { AppRouter } from '../router.ts';
import type { Service } from '../service.ts';

/**
 * `GET /features/NAME` of the admin listener: the page of one feature, or of the score as `(score)`, of the model that
 * `?model=` names.
 */
export function addFeatureRoute(router: AppRouter, service: Service): void {
  const { config, deployments, history } = service;
  router.get('/features/:feature', (context) => {
    const deployment = shownModel(context, service);
    const { artifact, monitor } = deployment;
    const place = monitor.variables.findIndex(({ name }) => name === context.params.feature);
    if (place === -1) {
      throw new Problem('not-found', `${artifact.name} has no such feature: see /drift for those it has`);
    }
    const nowMs = Date.now();
    sendPage(
      context,
      featurePage(deployment, place, {
        config,
        psiOverTime: history.psiOverTime(monitor, place, nowMs),
        nowMs,
        query: modelQuery(artifact.name, deployments),
      }),
    );
  });
}

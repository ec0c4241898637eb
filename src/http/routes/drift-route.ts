import { liveScoreShift } from '../../monitor/live-score-shift.ts';
import { windowSegments } from '../../monitor/live-segments.ts';
import { windowNames } from '../../monitor/windows.ts';
import { labelledCounts } from '../../stats/counted-bins.ts';
import { driftRule } from '../../stats/drift.ts';
import { compareImportance } from '../../stats/effect.ts';
import { slowDriftRule } from '../../stats/slow-drift.ts';
import { createPauses } from '../../times/pauses.ts';
import { absentWithoutExplanation } from '../absent-parts.ts';
import { queriedModel, shownModel } from '../chosen-model.ts';
import { driftInTurns } from '../drift-in-turns.ts';
import { driftPage } from '../pages/drift-page.ts';
import { modelQuery } from '../pages/page-links.ts';
import { sendPage, wantsPage } from '../pages/send-page.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';

/**
 * `GET /drift` of the admin listener, of the model that `?model=` names: how far this replica's traffic has moved from
 * the reference, as a whole and within each segment that the model file names, and how much of the change of the mean
 * score (in log-odds) each feature explains. The most important comes first. It also shows slow drift over all days
 * since the start.
 */
export function addDriftRoute(router: AppRouter, service: Service): void {
  router.get('/drift', async (context) => {
    const pause = createPauses();
    if (wantsPage(context)) {
      const deployment = shownModel(context, service);
      const query = modelQuery(deployment.artifact.name, service.deployments);
      sendPage(context, await driftPage(deployment, query, pause));
      return;
    }
    const deployment = queriedModel(context, service);
    const { predictor, monitor } = deployment;
    const { model: name, version } = monitor.reference;
    const windows: Record<string, object> = {};
    for (const [place, { counts, drifts }] of (await driftInTurns(monitor, pause)).entries()) {
      await pause();
      const variables = drifts.map((variable) => ({
        ...variable,
        bins: labelledCounts(variable.bins),
      }));
      const features = variables.slice(0, -1).sort(compareImportance);
      const score = variables[variables.length - 1];
      const scoreShift =
        predictor?.explanation === undefined ? null : liveScoreShift(predictor.explanation, monitor, counts);
      const segments = windowSegments(monitor, counts).map(({ segment, ...rest }) => ({
        ...rest,
        segment: segment.label,
      }));
      windows[windowNames[place]] = { features, score, scoreShift, segments };
    }
    const slowDrift = { rule: slowDriftRule, ...monitor.slowDrift() };
    const withoutExplanation = absentWithoutExplanation(deployment);
    sendJson(
      context,
      JSON.stringify({ model: { name, version }, rule: driftRule, windows, slowDrift, withoutExplanation }),
    );
  });
}

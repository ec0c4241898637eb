import { driftScenarios } from './drift.ts';
import { performanceScenarios } from './performance.ts';
import { pipelineScenarios } from './pipeline.ts';
import { segmentScenarios } from './segments.ts';
import { shareScenarios } from './shares.ts';
import { sloScenarios } from './slo.ts';
import { slowDriftScenarios } from './slow-drift.ts';
import { slowOutcomesScenarios } from './slow-outcomes.ts';

/** In each of them, alerts are silent, fire and resolve. */
export const scenarios = [
  ...driftScenarios,
  ...performanceScenarios,
  ...segmentScenarios,
  ...shareScenarios,
  ...sloScenarios,
  ...slowDriftScenarios,
  ...slowOutcomesScenarios,
  ...pipelineScenarios,
];

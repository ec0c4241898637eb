import { performanceVerdictOf } from '../performance-queries.ts';

const by = 'model, version';

/** Of the versions that are loaded: what was counted of earlier ones is still on record. */
const loaded = (expr: string) => `(${expr}) and on (${by}) model_info`;

/** By model and version, over an hour: the window with which Model drift begins. */
export const driftByModel = loaded(`max by (${by}) (model_feature_window:verdict{window="1h"})`);

/** By model and version, over a day: the window with which Model performance begins. */
export const performanceByModel = loaded(performanceVerdictOf({ selector: 'window="24h"', by }));

/** The worst of those that can be judged; 1, undetermined, where none can. */
export const worst = (verdicts: string) => `max((${verdicts}) != 1) or max(${verdicts})`;

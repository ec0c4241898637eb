import assert from 'node:assert/strict';
import { readSourceFiles } from '../support/source-files.ts';

/** What only an output of two classes has; not in comments and texts, nor as zod has numbers that are positive, nor options of commands. */
const binary =
  /(?<!--)\b(?:isPositive|(?:positive|negative)s?|(?:true|false)(?:Positive|Negative)s|classOfScore|otherClass)\b(?!\(\))/;
const passedOver = /\/\*.*?\*\/|(?<=\s)\/\/[^\n]*|'[^'\n]*'/gs;

/** Where a binary output is made or judged: all there is about two classes. */
const binaryRooms = [
  'src/stats/',
  'src/profile/',
  'src/training/',
  'src/evaluation/',
  'src/report/',
  'src/rules/',
  'src/traffic/',
  'src/cli/',
  'src/monitor/performance',
];
/** The output's part of the model file and what describes it; the others read one thing of it each. */
const readers = [
  'src/http/home/home-alerts.ts',
  'src/http/openapi/api-models.ts',
  'src/http/openapi/observations-path.ts',
  'src/http/openapi/predict-path.ts',
  'src/http/pages/performance-page.ts',
  'src/model/artifact-reference.ts',
  'src/model/artifact-schema.ts',
  'src/model/learnt.ts',
  'src/model/output-classes.ts',
  'src/model/output-consistency.ts',
  'src/model/output-schema.ts',
  'src/model/reference.ts',
  'src/monitor/describe-performance.ts',
  'src/monitor/group-rates.ts',
  'src/monitor/model-pair.ts',
  'src/monitor/monitor.ts',
  'src/monitor/score-mean.ts',
  'src/outcomes/replay-outcomes.ts',
  'src/predictors/class-order.ts',
  'src/predictors/tensor-outputs.ts',
  'src/telemetry/model-info.ts',
  'src/telemetry/performance-metrics.ts',
];

describe('an output of two classes', () => {
  it('is known only to its part of the model file and its readers', async () => {
    const naming = (await readSourceFiles())
      .filter(({ text }) => binary.test(text.replaceAll(passedOver, '')))
      .map(({ path }) => path)
      .filter((path) => !binaryRooms.some((room) => path.startsWith(room)));
    assert.deepEqual(naming.sort(), readers);
  });
});

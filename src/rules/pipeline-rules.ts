import { deliveryGroup } from './delivery-rules.ts';
import type { RuleGroup } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';

export function pipelineGroups(scales: Scales): RuleGroup[] {
  const { time } = scales;
  return [
    {
      name: 'telemetry-targets',
      interval: time('30s'),
      rules: [
        {
          record: 'model:targets:count',
          expr: 'count by (job, model) (count by (job, instance, model) (model_info))',
        },
        {
          // A replica that is there for a moment, while a new version is rolled out, is not missed when it goes.
          record: 'model:targets:sustained',
          expr: `min_over_time(model:targets:count[${time('10m')}])`,
        },
      ],
    },
    deliveryGroup(scales),
  ];
}

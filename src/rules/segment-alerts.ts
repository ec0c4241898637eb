import { categoryMark } from '../stats/binning.ts';
import { dashboardLink, dashboards } from './dashboard-links.ts';
import { type Alert, timed } from './rule-file.ts';
import type { Scales } from './rule-settings.ts';
import { segmentPsiOnDayOrWeek } from './segment-rules.ts';

const labels = ['model', 'version', 'segment_feature', 'segment'] as const;
const segment = `{{ $labels.segment_feature }} is {{ $labels.segment | reReplaceAll "^${categoryMark}" "" }}`;
const worst = `{{ with printf "topk(1, ${segmentPsiOnDayOrWeek}{${labels.map((label) => `${label}=%q`).join(',')}})" ${labels.map((label) => `$labels.${label}`).join(' ')} | query }} The PSI is largest for {{ . | first | label "feature" }}.{{ end }}`;

/** One alert a segment, whichever features drift in it: they have one cause as a rule. */
export function segmentAlerts(scales: Scales): Alert[] {
  return [
    {
      ...timed('ModelSegmentDrift', scales),
      component: 'model',
      expr: `max by (${labels.join(', ')}) (${segmentPsiOnDayOrWeek})`,
      summary: `{{ $labels.model }} {{ $labels.version }} drifts where ${segment}: PSI {{ $value | printf "%.2f" }}`,
      description: `Over the last 24 hours or 7 days, features or scores of this segment differ from the same segment of the reference by more than ${scales.thresholds.minPsi} and by more than chance explains, and all rows together do not.${worst}`,
      dashboard: dashboardLink(dashboards.drift, labels),
    },
  ];
}

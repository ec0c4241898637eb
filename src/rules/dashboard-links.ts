/**
 * Where an alert's panels are: a path below Grafana's own address. The labels named are the alert's; they choose the
 * dashboard's variables.
 */
export function dashboardLink(uid: string, labels: readonly string[] = []): string {
  const query = labels.map((label) => `var-${label}={{ $labels.${label} | urlquery }}`);
  return `/d/${uid}${query.length === 0 ? '' : `?${query.join('&')}`}`;
}

export const dashboards = {
  overview: 'overview',
  drift: 'model-drift',
  performance: 'model-performance',
  service: 'service',
  telemetry: 'telemetry-pipeline',
} as const;

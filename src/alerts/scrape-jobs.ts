import { z } from 'zod';
import type { AlertSetting } from './alert-setting.ts';

const pattern = z
  .string()
  .min(1)
  .refine((text) => !/["\\\n]/.test(text), 'must hold no quote, backslash or line break')
  .refine(isRegExp, 'must be a job name or a regular expression');

/** The label `job` of what Prometheus scrapes: names, or regular expressions that match the whole name. */
export const scrapeJobs = {
  service: {
    default: 'vigia',
    schema: pattern,
    description: 'The service itself, every replica.',
  },
  collector: {
    default: 'otel-collector',
    schema: pattern,
    description: 'The OpenTelemetry Collector.',
  },
  telemetry: {
    default: 'alertmanager|jaeger|otel-collector|prometheus|span-metrics',
    schema: pattern,
    description:
      'Everything that watches the service. A Prometheus may scrape much else, which is not Vigia’s to report.',
  },
} satisfies Record<string, AlertSetting>;

function isRegExp(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`) instanceof RegExp;
  } catch {
    return false;
  }
}

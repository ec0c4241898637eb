import { z } from 'zod';
import type { AlertSetting } from './alert-setting.ts';

const address = z
  .string()
  .refine(isPage, 'must be an address that begins with http:// or https:// and has no #');

/** Where the links of alerts and dashboards lead. The defaults are what `docker compose` publishes. */
export const links = {
  runbook: {
    default: 'http://localhost:9464/runbook',
    schema: address,
    description:
      'The page with a section for each alert: the service’s own, or a page with the headings of [alerts.md](alerts.md).',
  },
  grafana: {
    default: 'http://localhost:3000',
    schema: address,
    description: 'Grafana’s own address, below which the dashboards are.',
  },
} satisfies Record<string, AlertSetting>;

function isPage(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && !text.includes('#');
}

/** The section about an alert on a page with the headings of docs/alerts.md. */
export function runbookSection(runbook: string, alert: string): string {
  return `${runbook}#${alert.toLowerCase()}`;
}

import { dashboards } from '../../../src/rules/dashboard-links.ts';
import { deliveryVerdict } from '../../../src/rules/delivery-rules.ts';
import { real, worstAlert } from '../alerts-table.ts';
import type { Row } from '../compose.ts';
import { alertWords, driftWords, performanceWords } from '../language.ts';
import { asPanelLink, toDashboard, toRunbook, wholeRunbook } from '../links.ts';
import type { PanelBuilder, PanelText } from '../panel.ts';
import { serviceVerdict } from '../service/service-queries.ts';
import { telemetryVerdict } from '../telemetry-pipeline/pipeline-queries.ts';
import { stat, verdictStat } from '../verdict-panels.ts';
import { driftByModel, performanceByModel, worst } from './model-verdicts.ts';

/** A verdict that opens the dashboard that explains it. */
function leading(
  uid: string,
  text: Omit<PanelText, 'unit'>,
  expr: string,
  words: Parameters<typeof verdictStat>[2],
): PanelBuilder {
  const link = asPanelLink(toDashboard(uid, `Open ${text.title}`, ['datasource']));
  return verdictStat(text, { expr }, words).span(4).links([link]).dataLinks([link]);
}

const urgent = `alertstate="firing",${real},severity!="info"`;

export const glance: Row = {
  question: 'Is all well?',
  panels: [
    leading(
      dashboards.service,
      {
        title: 'Service',
        description:
          'The worst alert about the service that fires: a replica down or lost, an error budget burning, nothing being counted. A click opens the dashboard.',
        noData: 'no replica found',
      },
      serviceVerdict,
      alertWords,
    ),
    leading(
      dashboards.drift,
      {
        title: 'Model drift',
        description:
          'The worst verdict on the inputs and scores of all models over the last hour, of those that can be judged. The table of models says which. A click opens the dashboard.',
        noData: 'no verdict yet',
      },
      worst(driftByModel),
      driftWords,
    ),
    leading(
      dashboards.performance,
      {
        title: 'Model performance',
        description:
          'The worst verdict on the answers of all models over the last day, of those that can be judged: undetermined until enough outcomes have come for one of them. The table of models says which. A click opens the dashboard.',
        noData: 'nothing counted yet',
      },
      worst(performanceByModel),
      performanceWords,
    ),
    leading(
      dashboards.telemetry,
      {
        title: 'Telemetry pipeline',
        description:
          'The worst alert about telemetry itself that fires: while there is one, the other verdicts may rest on too little. A click opens the dashboard.',
        noData: 'no rules evaluated',
      },
      telemetryVerdict,
      alertWords,
    ),
    stat(
      {
        title: 'Alerts firing',
        description:
          'Alerts that fire now and ask somebody to act, critical ones and warnings; those that only inform are in the table below.',
        unit: 'none',
        noData: 'no rules evaluated',
      },
      { expr: `count(ALERTS{${urgent}}) or 0 * count(ALERTS{alertname="Watchdog"})` },
      {
        expr: `${worstAlert('alertname!=""')} or 0 * count(ALERTS{alertname="Watchdog"})`,
        words: { good: 'none', unsure: 'warnings', bad: 'critical' },
      },
    )
      .span(4)
      .decimals(0)
      .links([asPanelLink(wholeRunbook)]),
    verdictStat(
      {
        title: 'Alerts delivered',
        description:
          'Whether alerts reached somebody in the last 15 minutes. “No receiver”: none has an address yet, so these dashboards are the only place where alerts show. The link says how to give Alertmanager one.',
        noData: 'Alertmanager not scraped',
      },
      { expr: `max(${deliveryVerdict})` },
      { good: 'yes', unsure: 'no receiver', bad: 'failing' },
    )
      .span(4)
      .links([asPanelLink(toRunbook('AlertsNotDelivered'))]),
  ],
};

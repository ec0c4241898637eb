import { parseArgs } from 'node:util';
import { defaultAlertSettings, readAlertSettings } from '../alerts/alert-settings.ts';
import { type Evaluation, evaluate } from '../evaluation/evaluate.ts';
import { renderEvaluationText } from '../evaluation/evaluation-text.ts';
import { evaluationSections } from '../evaluation/page-sections.ts';
import { readJoinedData } from '../evaluation/read-joined.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { type Artifact, loadArtifact } from '../model/artifact.ts';
import { countLive } from '../report/compute/count-live.ts';
import { countReferenceSegments } from '../report/compute/count-reference-segments.ts';
import { artifactReference, type DriftReference } from '../report/compute/drift-reference.ts';
import { type DriftReport, publishedReport } from '../report/compute/drift-report.ts';
import { fileReference } from '../report/compute/file-reference.ts';
import { countModelSegments, modelSegmentColumns } from '../report/compute/model-segments.ts';
import { type CutRows, computeReport } from '../report/compute-report.ts';
import { findFiles } from '../report/read/open-rows.ts';
import { renderHtml } from '../report/render/render-html.ts';
import { renderText } from '../report/render/render-text.ts';
import { writeJson, writeLines } from '../text/terminal.ts';
import { dayMs } from '../times/day.ts';
import { type DateOrder, dateOrderOf, dateOrders, parseTime } from '../times/parse-time.ts';
import { readDecimalSign } from './decimal-option.ts';
import { pickFeatures, pickModelSegments, pickSegments } from './pick-columns.ts';
import { createReadingProgress } from './reading-progress.ts';
import { runCli, UsageError } from './run-cli.ts';
import { modelFile, replicaFiles, serviceSetting, shownSetting, thoseThere } from './service-settings.ts';

const help = () => `Usage: npm run drift -- [options]

Compares live rows with a reference and says what has drifted.

  --model FILE       the model, with its reference (without --reference:
                     ${shownSetting('MODEL_PATH')})
  --live FILE        samples (JSONL), rows (JSON) or a table (CSV); gzip, a
                     glob, or - for standard input; may be given several times
                     (default ${shownSetting('SAMPLES_PATH')})
  --reference FILE   compare with these rows instead of with the model's
                     reference; needs no model; may be given several times
  --since TIME       only live rows from this time on (2026-01-31T12:00:00Z)
  --until TIME       only live rows before this time
  --dates ORDER      day-first or month-first: how to read 03/04/2026, where no
                     date of the column tells
  --features A,B,…   only these features; without a model also columns that look
                     like ids or dates, which are otherwise left out; may be
                     given several times; a name with a comma is quoted
  --by A,B,…         compare also each value of these columns by itself, for a
                     change in one segment that all rows together do not show;
                     without --reference those that the model was trained with
                     (--segments)
  --decimal SIGN     decimal sign of numbers in tables, . or , (found out for
                     each column if left out)
  --outcomes FILE    outcomes that the service has kept: tells also how well the
                     model did, as npm run evaluate does; may be given several
                     times, or as a glob
  --backtest         replay the alert rules over the live rows and list the
                     alarms there would have been
  --alert-settings FILE  what your alert rules were written with
                     (otel/alert-settings.json)
  --json             print the report as JSON
  --html FILE        write the report as a page
  --fail-on drift    end with status 3 if something has drifted
  --help             this text
`;

const driftStatus = 3;

function readDateOrder(text: string | undefined): DateOrder | null {
  if (text === undefined) return null;
  const order = dateOrders.find((one) => one === text);
  if (order !== undefined) return order;
  throw new UsageError(`--dates is ${dateOrders.join(' or ')}, not '${text}'`);
}

function readTime(option: string, text: string | undefined, order: DateOrder | null): number | undefined {
  if (text === undefined) return undefined;
  const timeMs = parseTime(text, order);
  if (!Number.isNaN(timeMs)) return timeMs;
  throw new UsageError(
    order === null && dateOrderOf(text) === 'either'
      ? `--${option} ${text} could be day-first or month-first: say which with --dates`
      : `--${option} is a time such as 2026-01-31T12:00:00Z, not '${text}'`,
  );
}

async function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string' },
      live: { type: 'string', multiple: true },
      reference: { type: 'string', multiple: true },
      since: { type: 'string' },
      until: { type: 'string' },
      dates: { type: 'string' },
      features: { type: 'string', multiple: true },
      by: { type: 'string', multiple: true },
      decimal: { type: 'string' },
      outcomes: { type: 'string', multiple: true },
      backtest: { type: 'boolean', default: false },
      'alert-settings': { type: 'string' },
      json: { type: 'boolean', default: false },
      html: { type: 'string' },
      'fail-on': { type: 'string' },
    },
  });
  const failOn = values['fail-on'];
  const alertSettings = values['alert-settings'];
  if (alertSettings !== undefined && !values.backtest) {
    throw new UsageError('--alert-settings is for --backtest');
  }
  if (failOn !== undefined && failOn !== 'drift') {
    throw new UsageError(`--fail-on takes drift, not '${failOn}'`);
  }
  const dateOrder = readDateOrder(values.dates);
  const sinceMs = readTime('since', values.since, dateOrder);
  const untilMs = readTime('until', values.until, dateOrder);
  if (sinceMs !== undefined && untilMs !== undefined && sinceMs >= untilMs) {
    throw new UsageError(`--since ${values.since} is not before --until ${values.until}`);
  }
  const live = values.live ?? (await thoseThere(await replicaFiles(serviceSetting('SAMPLES_PATH'))));
  const { reference } = values;
  if ([...live, ...(reference ?? [])].filter((path) => path === '-').length > 1) {
    throw new UsageError('standard input (-) can be read only once');
  }
  if (values.outcomes !== undefined) {
    if (live.includes('-')) throw new UsageError('--outcomes needs samples in files, as they are read twice');
    const other = (['reference', 'since', 'until'] as const).find((name) => values[name] !== undefined);
    if (other !== undefined)
      throw new UsageError(`--outcomes is for all samples of the model: leave out --${other}`);
    if (values.json)
      throw new UsageError('--json is the drift report alone: npm run evaluate has the outcomes');
  }
  return {
    ...values,
    model: values.model ?? (reference === undefined ? await modelFile() : undefined),
    live,
    reference,
    dateOrder,
    decimalSign: readDecimalSign(values.decimal),
    sinceMs,
    untilMs,
    failOnDrift: failOn === 'drift',
    alertSettings: values.backtest ? await readAlertSettings(alertSettings) : defaultAlertSettings,
  };
}

type Options = Awaited<ReturnType<typeof readOptions>>;

function selectFeatures(
  reference: DriftReference,
  names: readonly string[] | null | undefined,
): DriftReference {
  if (!names) return reference;
  return { ...reference, features: reference.features.filter(({ name }) => names.includes(name)) };
}

async function makeReport(options: Options, artifact: Artifact | null): Promise<DriftReport> {
  const { features, by, decimalSign, backtest, alertSettings, dateOrder, sinceMs, untilMs } = options;
  const choose = features ? (names: readonly string[]) => pickFeatures(features, names, artifact) : null;
  const chosen = artifact && choose?.(artifact.features.map(({ name }) => name));
  const own =
    by && artifact && options.reference === undefined
      ? modelSegmentColumns(artifact, pickModelSegments(by, artifact))
      : [];
  const live = await findFiles(options.live);
  const reference = options.reference && (await findFiles(options.reference));
  const { onBytes, end } = createReadingProgress(live, ...(reference === undefined ? [] : [reference]));
  try {
    const rows =
      reference &&
      (await fileReference(reference.paths, {
        artifact,
        chooseFeatures: choose,
        chooseSegments: by ? (names) => pickSegments(by, names, artifact) : null,
        decimalSign,
        onBytes,
      }));
    const compared = rows ?? selectFeatures(artifactReference(artifact!), chosen);
    const cutting = rows?.by ?? own;
    const counted = await countLive(live.paths, compared, {
      artifact,
      dateOrder,
      sinceMs,
      untilMs,
      backtest,
      by: cutting,
      keepsRows: rows !== undefined,
      decimalSign,
      onBytes,
    });
    const { segments } = counted;
    const report = (parts: CutRows | null) =>
      computeReport(compared, counted, artifact, rows?.rows ?? null, parts, alertSettings);
    if (segments === null) return report(null);
    const cut = compared.features.filter((feature) => segments.variables.includes(feature));
    const before =
      rows === undefined
        ? countModelSegments(artifact!, cut, compared.score, cutting)
        : await countReferenceSegments(rows, cut, artifact);
    return report({ by: cutting, live: segments, reference: before });
  } finally {
    end();
  }
}

async function evaluateOutcomes(
  { live, outcomes }: Options,
  artifact: Artifact | null,
): Promise<Evaluation | null> {
  if (outcomes === undefined || artifact === null) return null;
  const { version } = artifact;
  const data = await readJoinedData({
    artifact,
    version,
    samples: live,
    outcomes,
    by: [],
    maturedMs: Date.now() - serviceSetting('OUTCOME_MATURITY_DAYS') * dayMs,
  });
  return evaluate(artifact, data);
}

await runCli(help, async (args) => {
  const options = await readOptions(args);
  const artifact = options.model === undefined ? null : await loadArtifact(options.model);
  const report = await makeReport(options, artifact);
  const evaluation = await evaluateOutcomes(options, artifact);
  if (options.html !== undefined) {
    const page = renderHtml(report, evaluation && evaluationSections(evaluation));
    await writeFileAtomically(options.html, page);
  }
  if (options.json) {
    writeJson(process.stdout, publishedReport(report), 2);
  } else {
    writeLines(process.stdout, [
      ...renderText(report),
      ...(evaluation === null ? [] : ['', ...renderEvaluationText(evaluation)]),
      ...(options.html === undefined ? [] : ['', `The page is in ${options.html}`]),
    ]);
  }
  return options.failOnDrift && report.verdict === 'drifting' ? driftStatus : 0;
});

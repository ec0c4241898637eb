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
import { type ChooseFeatures, chooseNames } from '../report/read/select-columns.ts';
import { renderHtml } from '../report/render/render-html.ts';
import { renderText } from '../report/render/render-text.ts';
import { columnsOf, writeJson, writeLines } from '../text/terminal.ts';
import { dayMs } from '../times/day.ts';
import { type DateOrder, dateOrders } from '../times/parse-time.ts';
import type { Values } from './command.ts';
import type { options } from './commands/drift.ts';
import { readDecimalSign } from './decimal-option.ts';
import { pickFeatures, pickModelSegments, pickSegments } from './pick-columns.ts';
import { createReadingProgress } from './reading-progress.ts';
import { UsageError } from './run-cli.ts';
import { modelFile, replicaFiles, serviceSetting, thoseThere } from './service-settings.ts';
import { readPeriod } from './time-options.ts';

const driftStatus = 3;

function readDateOrder(text: string | undefined): DateOrder | null {
  if (text === undefined) return null;
  const order = dateOrders.find((one) => one === text);
  if (order !== undefined) return order;
  throw new UsageError(`--dates is ${dateOrders.join(' or ')}, not '${text}'`);
}

async function readOptions(values: Values<typeof options>) {
  const failOn = values['fail-on'];
  const alertSettings = values['alert-settings'];
  if (alertSettings !== undefined && !values.backtest) {
    throw new UsageError('--alert-settings is for --backtest');
  }
  if (failOn !== undefined && failOn !== 'drift') {
    throw new UsageError(`--fail-on takes drift, not '${failOn}'`);
  }
  const dateOrder = readDateOrder(values.dates);
  const period = readPeriod(values, dateOrder);
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
      throw new UsageError('--json prints only the drift report: vigia evaluate --json evaluates outcomes');
  }
  return {
    ...values,
    model: values.model ?? (reference === undefined ? await modelFile() : undefined),
    live,
    reference,
    dateOrder,
    decimalSign: readDecimalSign(values.decimal),
    ...period,
    failOnDrift: failOn === 'drift',
    alertSettings: values.backtest ? await readAlertSettings(alertSettings) : defaultAlertSettings,
  };
}

type Options = Awaited<ReturnType<typeof readOptions>>;

function selectFeatures(
  reference: DriftReference,
  choose: ChooseFeatures | null,
  exclude: ChooseFeatures | null,
): DriftReference {
  const names = chooseNames(
    reference.features.map(({ name }) => name),
    choose,
    exclude,
  );
  return { ...reference, features: reference.features.filter(({ name }) => names.includes(name)) };
}

async function makeReport(options: Options, artifact: Artifact | null): Promise<DriftReport> {
  const { features, exclude, by, decimalSign, backtest, alertSettings, dateOrder, sinceMs, untilMs } =
    options;
  const choose = (option: 'features' | 'exclude', given: readonly string[] | undefined) =>
    given ? (names: readonly string[]) => pickFeatures(option, given, names, artifact) : null;
  const [chooseFeatures, excludeFeatures] = [choose('features', features), choose('exclude', exclude)];
  const own =
    by && artifact && options.reference === undefined
      ? modelSegmentColumns(artifact, pickModelSegments(by, artifact))
      : [];
  const ofModel =
    options.reference === undefined
      ? selectFeatures(artifactReference(artifact!), chooseFeatures, excludeFeatures)
      : null;
  const live = await findFiles(options.live);
  const reference = options.reference && (await findFiles(options.reference));
  const { onBytes, end } = createReadingProgress(live, ...(reference === undefined ? [] : [reference]));
  try {
    const rows =
      reference &&
      (await fileReference(reference.paths, {
        artifact,
        chooseFeatures,
        excludeFeatures,
        chooseSegments: by ? (names) => pickSegments(by, names, artifact) : null,
        decimalSign,
        onBytes,
      }));
    const compared = (rows ?? ofModel)!;
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

export async function run(values: Values<typeof options>): Promise<number> {
  const options = await readOptions(values);
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
    const columns = columnsOf(process.stdout);
    writeLines(process.stdout, [
      ...renderText(report, columns),
      ...(evaluation === null ? [] : ['', ...renderEvaluationText(evaluation, columns)]),
      ...(options.html === undefined ? [] : ['', `The page is in ${options.html}`]),
    ]);
  }
  return options.failOnDrift && report.verdict === 'drifting' ? driftStatus : 0;
}

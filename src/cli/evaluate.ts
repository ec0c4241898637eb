import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { evaluate, publishedEvaluation } from '../evaluation/evaluate.ts';
import { renderEvaluationPage } from '../evaluation/evaluation-page.ts';
import { renderEvaluationText } from '../evaluation/evaluation-text.ts';
import type { LabelledData } from '../evaluation/labelled-rows.ts';
import { readLabelledData } from '../evaluation/read-data.ts';
import { readJoinedData } from '../evaluation/read-joined.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { type Artifact, loadArtifact } from '../model/artifact.ts';
import { createPredictor } from '../predictors/index.ts';
import type { DecimalSign } from '../tables/numbers.ts';
import { formatNames } from '../text/column-names.ts';
import { writeJson, writeLines } from '../text/terminal.ts';
import { dayMs } from '../times/day.ts';
import { readDecimalSign } from './decimal-option.ts';
import { readNames } from './name-list.ts';
import { runCli, UsageError } from './run-cli.ts';
import { modelFile, replicaFiles, serviceSetting, shownSetting, thoseThere } from './service-settings.ts';

const help = () => `Usage: npm run evaluate -- [options]

Measures how well a model does on rows whose outcome is known: on a table, or on
what the service has kept.

  --model FILE        the model (default ${shownSetting('MODEL_PATH')})
  --data FILE         labelled rows with the target's column: a table (CSV) or
                      JSON; may be given several times
  --outcomes FILE     outcomes that the service has kept
                      (default ${shownSetting('OUTCOMES_PATH')}); several replicas' files
                      by a pattern such as 'logs/*/outcomes*.jsonl'
  --samples FILE      its samples, joined by id, for coverage and slices
                      (default ${shownSetting('SAMPLES_PATH')}, unless --outcomes
                      is given)
  --version V         evaluate the outcomes of this model version instead
  --maturity DAYS     leave out predictions younger than this (default ${shownSetting('OUTCOME_MATURITY_DAYS')})
  --by A,B,…          figures for each value of these features too; may be given
                      several times; a name with a comma is quoted
  --decimal SIGN      with --data: decimal sign of numbers in tables, . or ,
                      (found out for each column if left out)
  --json              print the evaluation as JSON
  --html FILE         write the evaluation as a page
  --help              this text

The outcomes are evaluated unless --data is given.
`;

async function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string' },
      data: { type: 'string', multiple: true },
      samples: { type: 'string', multiple: true },
      outcomes: { type: 'string', multiple: true },
      version: { type: 'string' },
      maturity: { type: 'string' },
      by: { type: 'string', multiple: true, default: [] },
      decimal: { type: 'string' },
      json: { type: 'boolean', default: false },
      html: { type: 'string' },
    },
  });
  if (values.data !== undefined) {
    const other = (['samples', 'outcomes', 'version', 'maturity'] as const).find(
      (name) => values[name] !== undefined,
    );
    if (other !== undefined) throw new UsageError(`--data is a table of its own: leave out --${other}`);
  }
  const maturityDays = Number(values.maturity ?? serviceSetting('OUTCOME_MATURITY_DAYS'));
  if (!(maturityDays >= 0)) throw new UsageError(`--maturity is a number of days, not '${values.maturity}'`);
  const kept = async (pattern: string) => thoseThere(await replicaFiles(pattern));
  const samples =
    values.samples ?? (values.outcomes === undefined ? await kept(serviceSetting('SAMPLES_PATH')) : []);
  if (samples.length === 0 && values.data === undefined && values.by.length > 0) {
    throw new UsageError('--by needs --samples, which hold the features');
  }
  return {
    ...values,
    model: await modelFile(values.model),
    samples,
    decimalSign: readDecimalSign(values.decimal),
    outcomes: values.outcomes ?? (await kept(serviceSetting('OUTCOMES_PATH'))),
    maturedMs: Date.now() - maturityDays * dayMs,
  };
}

/** Lets the model score rows. @throws Error for a model that is watched only */
async function scoreRows(
  sources: readonly string[],
  artifact: Artifact,
  options: { model: string; by: readonly string[]; decimalSign?: DecimalSign | undefined },
): Promise<LabelledData> {
  const { model } = options;
  const predictor = await createPredictor(artifact, { folder: dirname(model) }, model);
  if (predictor === undefined) {
    throw new Error(
      `${model}: says nothing of how the model computes, so that rows cannot be scored: give its predictions with --samples and --outcomes`,
    );
  }
  try {
    return await readLabelledData(sources, artifact, { ...options, predictor });
  } finally {
    await predictor.close?.();
  }
}

await runCli(help, async (args) => {
  const options = await readOptions(args);
  const artifact = await loadArtifact(options.model);
  const features = artifact.features.map(({ name }) => name);
  const by = readNames(
    'by',
    options.by,
    features,
    (name) => `--by: the model has no feature '${name}', but ${formatNames(features)}`,
  );
  const version = options.version ?? artifact.version;
  const data =
    options.data === undefined
      ? await readJoinedData({ ...options, by, artifact, version })
      : await scoreRows(options.data, artifact, { ...options, by });
  const evaluation = evaluate(artifact, data, version);
  if (options.html !== undefined) await writeFileAtomically(options.html, renderEvaluationPage(evaluation));
  if (options.json) {
    writeJson(process.stdout, publishedEvaluation(evaluation), 2);
  } else {
    const page = options.html === undefined ? [] : [`The page is in ${options.html}`];
    writeLines(process.stdout, [...renderEvaluationText(evaluation), ...page]);
  }
  return 0;
});

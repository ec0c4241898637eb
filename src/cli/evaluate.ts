import { dirname } from 'node:path';
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
import { describeUnknown } from '../text/did-you-mean.ts';
import { columnsOf, writeJson, writeLines } from '../text/terminal.ts';
import { dayMs } from '../times/day.ts';
import type { Values } from './command.ts';
import type { options } from './commands/evaluate.ts';
import { readDecimalSign } from './decimal-option.ts';
import { readNames } from './name-list.ts';
import { UsageError } from './run-cli.ts';
import { modelFile, replicaFiles, serviceSetting, thoseThere } from './service-settings.ts';

async function readOptions(values: Values<typeof options>) {
  const { by = [] } = values;
  if (values.data !== undefined) {
    const other = (['live', 'outcomes', 'model-version', 'maturity'] as const).find(
      (name) => values[name] !== undefined,
    );
    if (other !== undefined) throw new UsageError(`--data is a table of its own: leave out --${other}`);
  }
  const maturityDays = Number(values.maturity ?? serviceSetting('OUTCOME_MATURITY_DAYS'));
  if (!(maturityDays >= 0)) throw new UsageError(`--maturity is a number of days, not '${values.maturity}'`);
  const kept = async (pattern: string) => thoseThere(await replicaFiles(pattern));
  const samples =
    values.live ?? (values.outcomes === undefined ? await kept(serviceSetting('SAMPLES_PATH')) : []);
  if (samples.length === 0 && values.data === undefined && by.length > 0) {
    throw new UsageError('--by needs --live, samples that hold the features');
  }
  return {
    ...values,
    by,
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
      `${model}: says nothing of how the model computes, so that rows cannot be scored: give its predictions with --live and --outcomes`,
    );
  }
  try {
    return await readLabelledData(sources, artifact, { ...options, predictor });
  } finally {
    await predictor.close?.();
  }
}

export async function run(values: Values<typeof options>): Promise<number> {
  const options = await readOptions(values);
  const artifact = await loadArtifact(options.model);
  const features = artifact.features.map(({ name }) => name);
  const by = readNames('by', options.by, features, (name) =>
    describeUnknown('--by: the model has no feature', name, features),
  );
  const version = options['model-version'] ?? artifact.version;
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
    writeLines(process.stdout, [...renderEvaluationText(evaluation, columnsOf(process.stdout)), ...page]);
  }
  return 0;
}

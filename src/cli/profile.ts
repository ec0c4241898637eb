import type { Artifact } from '../model/artifact.ts';
import { profileRows } from '../profile/profile-rows.ts';
import { columnsOf, writeLines } from '../text/terminal.ts';
import type { Values } from './command.ts';
import type { options as table } from './commands/profile.ts';
import { compareScores } from './compare-scores.ts';
import { findForgotten } from './forgotten-columns.ts';
import { defaultThreshold, requireFeatures } from './model-options.ts';
import { summariseModel } from './model-summary.ts';
import { readProfileOptions, resolveProfileColumns } from './profile-options.ts';
import { readPredictor } from './read-predictor.ts';
import { withCommand } from './refused-columns.ts';
import { readScoredRows } from './scored-rows.ts';
import { writeArtifact } from './write-artifact.ts';

/** An AUC beyond this on so many rows is rarer than a mistake with the rows or the columns. */
const suspiciousAuc = 0.995;
const suspiciousRows = 100;

/** What to know of a file that was made from rows and scores. */
function notesOn({ evaluation, training }: Artifact, scores: Float64Array): [label: string, text: string][] {
  const notes: [string, string][] = [
    [
      'held out',
      'the rows should not be those the model was fitted on: it scores them too well, so that new ones would look like drift of the score and worse performance from the first day on',
    ],
  ];
  if (scores.every((score) => score === 0 || score === 1)) {
    notes.push([
      'caution',
      'every score is 0 or 1, like a class: if the model gives probabilities (predict_proba), use those; without them, drift of the score and calibration mean little',
    ]);
  }
  if (evaluation === undefined) {
    notes.push([
      'outcomes',
      'none: drift is watched, but performance is not estimated before outcomes arrive; --target names the column with the outcomes of these rows',
    ]);
  } else if (evaluation.rocAuc.value > suspiciousAuc && training.rows >= suspiciousRows) {
    notes.push([
      'caution',
      `an AUC of ${evaluation.rocAuc.value.toFixed(3)} is rare on rows that a model has not seen: was it fitted on these, or does a column tell it the outcome?`,
    ]);
  }
  return notes;
}

export async function run(values: Values<typeof table>): Promise<number> {
  const given = readProfileOptions(values);
  const { predictor: path, out } = given;
  const predictor = path === undefined ? undefined : await readPredictor(path, out);
  const { rows, options, cautions } = await withCommand(
    readScoredRows(given.data, (header) => resolveProfileColumns(given, header)),
  );
  const { columns, scores, classes, threshold = defaultThreshold, outcomes, dataDigest } = rows;
  requireFeatures(given.data, columns, options);
  const artifact = profileRows({
    name: given.name,
    columns,
    output: {
      kind: 'binary',
      ...(options.target !== undefined && { column: options.target }),
      ...classes,
      threshold,
    },
    scores,
    outcomes,
    protected: options.protected,
    sensitive: options.sensitive,
    segments: options.segments,
    dataDigest,
    predictor,
  });
  const notes = notesOn(artifact, scores);
  const named = { prediction: options.prediction !== undefined, target: options.target !== undefined };
  for (const text of findForgotten(columns, scores, named)) notes.push(['caution', text]);
  for (const text of cautions) notes.push(['caution', text]);
  if (path !== undefined) notes.push(['predictor', await compareScores(path, out, artifact, rows)]);
  await writeArtifact(out, artifact);
  writeLines(process.stdout, summariseModel(artifact, out, columnsOf(process.stdout), notes));
  return 0;
}

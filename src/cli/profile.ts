import type { Artifact } from '../model/artifact.ts';
import { profileRows } from '../profile/profile-rows.ts';
import { writeLines } from '../text/terminal.ts';
import { compareScores } from './compare-scores.ts';
import { findForgotten } from './forgotten-columns.ts';
import { defaultThreshold, requireFeatures } from './model-options.ts';
import { summariseModel } from './model-summary.ts';
import { readProfileOptions, resolveProfileColumns } from './profile-options.ts';
import { readPredictor } from './read-predictor.ts';
import { runCli } from './run-cli.ts';
import { readScoredRows } from './scored-rows.ts';
import { writeArtifact } from './write-artifact.ts';

const help = () => `Usage: npm run profile -- --data FILE --score COLUMN [options]

Makes the model file of any binary model from a table of rows and the scores it
gave them. The rows should be ones that the model was not fitted on.

  --data FILE          table with a header: CSV, TSV, ; or |; gzip, or - for
                       standard input (then --name too)
  --score COLUMN       the probability of the positive class, from 0 to 1
  --prediction COLUMN  the predicted class; the threshold is found from it
  --target COLUMN      what became of the rows, a column with two values: with
                       it the file holds how good the scores are
  --positive VALUE     the class whose probability is the score (needed with
                       --target or --prediction, else what to call it)
  --negative VALUE     what to call the other class, where no column tells
  --threshold P        predict the positive class from this probability on
                       (default 0.5, or what the predictions show)
  --exclude A,B,…      columns that are no features
  --categorical A,B,…  columns of numbers that are codes
  --allow-ids A,B,…    use columns that look like ids or dates all the same
  --decimal SIGN       decimal sign of the numbers, . or , (found out for each
                       column if left out)
  --protected A,B,…    features whose groups fairness is watched for
  --segments A,B,…     categorical features each of whose categories is watched
                       for drift by itself
  --sensitive A,B,…    features that samples, logs and traces tell nothing of;
                       "(key)" for the keys that callers give predictions
  --predictor FILE     JSON that says how the service gets predictions of the
                       model: the model file's "predictor" (else it watches)
  --name NAME          name of the model (default that of the table)
  --out FILE           where to write it (default models/NAME.json)
  --help               this text

Options that name columns may be given several times; a name with a comma is
quoted, as in 'age,"income, monthly"', or given alone.
`;

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
      'every score is 0 or 1, as of a class: if the model gives probabilities (predict_proba), take those, for drift of the score and calibration mean little without',
    ]);
  }
  if (evaluation === undefined) {
    notes.push([
      'outcomes',
      'none: drift is watched, and performance not estimated before outcomes come; --target adds what became of these rows',
    ]);
  } else if (evaluation.rocAuc.value > suspiciousAuc && training.rows >= suspiciousRows) {
    notes.push([
      'caution',
      `an AUC of ${evaluation.rocAuc.value.toFixed(3)} is rare on rows that a model has not seen: was it fitted on these, or does a column tell it the outcome?`,
    ]);
  }
  return notes;
}

await runCli(help, async (args) => {
  const given = readProfileOptions(args);
  const { predictor: path, out } = given;
  const predictor = path === undefined ? undefined : await readPredictor(path, out);
  const { rows, options } = await readScoredRows(given.data, (header) =>
    resolveProfileColumns(given, header),
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
  if (path !== undefined) notes.push(['predictor', await compareScores(path, out, artifact, rows)]);
  await writeArtifact(out, artifact);
  writeLines(process.stdout, summariseModel(artifact, out, notes));
  return 0;
});

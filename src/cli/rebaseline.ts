import { dirname, parse } from 'node:path';
import { parseArgs } from 'node:util';
import { type Artifact, loadArtifact } from '../model/artifact.ts';
import { moveToFolder } from '../predictors/index.ts';
import { countReferenceSegments } from '../report/compute/count-reference-segments.ts';
import { fileReference } from '../report/compute/file-reference.ts';
import { rebaselineOn } from '../report/compute/rebaseline-on.ts';
import { findFiles } from '../report/read/open-rows.ts';
import { writeLines } from '../text/terminal.ts';
import { wrap } from '../text/wrap.ts';
import { readDecimalSign } from './decimal-option.ts';
import { createReadingProgress } from './reading-progress.ts';
import { runCli, UsageError } from './run-cli.ts';
import { modelFile, shownSetting } from './service-settings.ts';
import { writeArtifact } from './write-artifact.ts';

const help = () => `Usage: npm run rebaseline -- --live FILE --by NAME --reason TEXT [options]

Writes a new model file whose reference is recent traffic: a shift that is known
and accepted stops alarming, and drift is measured from there on. The model
scores as before; the file says who did it, when, why, and what it replaces.

  --live FILE     samples (JSONL), rows (JSON) or a table (CSV) of the traffic
                  to accept; gzip, a glob, or - for standard input; may be given
                  several times
  --by NAME       who decides it
  --reason TEXT   why the shift is accepted
  --model FILE    the model (default ${shownSetting('MODEL_PATH')})
  --decimal SIGN  decimal sign of numbers in tables, . or , (found out for each
                  column if left out)
  --out FILE      where to write it (default: beside the model, as
                  NAME-rebaselined.json)
  --help          this text
`;

async function readOptions(args: string[]) {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: {
      model: text,
      live: { type: 'string', multiple: true, default: [] },
      by: text,
      reason: text,
      decimal: text,
      out: text,
    },
  });
  const model = await modelFile(values.model);
  const { dir, name, ext } = parse(model);
  const { live, by = '', reason = '' } = values;
  if (live.length === 0) throw new UsageError('--live says which traffic is the new reference');
  if (by.trim() === '') throw new UsageError('--by says who accepts the shift');
  if (reason.trim() === '') throw new UsageError('--reason says why it is accepted');
  return {
    model,
    live,
    by,
    reason,
    decimalSign: readDecimalSign(values.decimal),
    out: values.out ?? `${dir === '' ? '' : `${dir}/`}${name}-rebaselined${ext}`,
  };
}

/** The new reference, and that of each segment if the model names any. */
async function readReference(
  artifact: Artifact,
  files: Awaited<ReturnType<typeof findFiles>>,
  decimalSign: ReturnType<typeof readDecimalSign>,
) {
  const { onBytes, end } = createReadingProgress(files);
  const cut = artifact.segments?.map(({ feature }) => feature) ?? [];
  try {
    const reference = await fileReference(files.paths, {
      artifact,
      chooseFeatures: null,
      chooseSegments: () => cut,
      // The summaries are to be exact, however many rows there are.
      maxValues: Number.POSITIVE_INFINITY,
      leavesOutFar: true,
      decimalSign,
      onBytes,
    });
    if (cut.length === 0) return { reference, segments: null };
    return { reference, segments: await countReferenceSegments(reference, reference.features, artifact) };
  } finally {
    end();
  }
}

await runCli(help, async (args) => {
  const options = await readOptions(args);
  const { model, out, by, reason, decimalSign } = options;
  const artifact = moveToFolder(await loadArtifact(model), dirname(model), dirname(out), model);
  const files = await findFiles(options.live);
  const { reference, segments } = await readReference(artifact, files, decimalSign);
  const rebased = rebaselineOn(artifact, reference, { by, reason, at: new Date().toISOString() }, segments);
  await writeArtifact(out, rebased);
  const lines = [
    `written    ${out}, model ${rebased.name} version ${rebased.version}`,
    `replaces   version ${artifact.version}`,
    `reference  ${reference.samples.toLocaleString('en')} rows`,
    `drift      ${rebased.training.smallestDetectableDrift}`,
    ...reference.notes.map((note) => `note       ${note}`),
  ];
  writeLines(
    process.stdout,
    lines.flatMap((line) => wrap(line, 80, ' '.repeat(11))),
  );
  return 0;
});

import { dirname, parse } from 'node:path';
import { type Artifact, loadArtifact } from '../model/artifact.ts';
import { moveToFolder } from '../predictors/index.ts';
import { countReferenceSegments } from '../report/compute/count-reference-segments.ts';
import { fileReference } from '../report/compute/file-reference.ts';
import { rebaselineOn } from '../report/compute/rebaseline-on.ts';
import { findFiles } from '../report/read/open-rows.ts';
import { columnsOf, writeLines } from '../text/terminal.ts';
import { wrap } from '../text/wrap.ts';
import type { Values } from './command.ts';
import type { options } from './commands/rebaseline.ts';
import { readDecimalSign } from './decimal-option.ts';
import { createReadingProgress } from './reading-progress.ts';
import { UsageError } from './run-cli.ts';
import { modelFile } from './service-settings.ts';
import { writeArtifact } from './write-artifact.ts';

async function readOptions(values: Values<typeof options>) {
  const model = await modelFile(values.model);
  const { dir, name, ext } = parse(model);
  const { live, 'accepted-by': by, reason } = values;
  if (by.trim() === '') throw new UsageError('--accepted-by is needed: who accepts the shift');
  if (reason.trim() === '') throw new UsageError('--reason is needed: why it is accepted');
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

export async function run(values: Values<typeof options>): Promise<number> {
  const options = await readOptions(values);
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
    lines.flatMap((line) => wrap(line, columnsOf(process.stdout), ' '.repeat(11))),
  );
  return 0;
}

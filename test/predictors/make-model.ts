import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/service.ts';
import { scoredTable } from './scored-rows.ts';

/**
 * The description of a predictor that docs/your-own-model.md gives as an example.
 *
 * @param name of the protocol, or of the kind where it has none
 */
export async function documentedPredictor(
  name: 'v2' | 'mlflow' | 'json' | 'onnx',
): Promise<Record<string, unknown>> {
  const text = await readFile(join(root, 'docs/your-own-model.md'), 'utf8');
  const blocks = [...text.matchAll(/^```json\n(.*?)^```$/gms)].map(([, block]) => JSON.parse(block));
  const found = blocks.find(({ kind, protocol }) => (protocol ?? kind) === name);
  if (found === undefined) throw new Error(`docs/your-own-model.md has no example of ${name}`);
  return found;
}

/**
 * Makes the model file of the scored rows, as the documents say.
 *
 * @returns what the command printed
 */
export async function makeModel(out: string, predictor: object): Promise<string> {
  const path = `${out}.predictor`;
  await writeFile(path, JSON.stringify(predictor));
  const options = [
    '--data',
    scoredTable,
    '--name',
    'credit',
    '--score',
    'p_bad',
    '--exclude',
    'p_bad_of_numbers',
  ];
  const outcome = ['--target', 'outcome', '--positive', 'bad'];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['bin/vigia.cjs', 'profile', ...options, ...outcome, '--predictor', path, '--out', out],
    { cwd: root },
  );
  return stdout.replaceAll(/\s+/g, ' ');
}

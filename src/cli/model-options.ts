import { basename, extname, join, sep } from 'node:path';
import { type Output, scoreFeature } from '../model/artifact.ts';
import { ownKeyName } from '../model/disclosure.ts';
import { formatNames } from '../text/column-names.ts';
import { didYouMean } from '../text/did-you-mean.ts';
import { UsageError } from './run-cli.ts';

/** What a model file is called, and where it is written. */
export type ModelFile = { readonly name: string; readonly out: string };

/**
 * @param given the options
 * @param fallback the name where none was given; by default that of the table without its extensions
 * @throws UsageError for a name that cannot be that of a file
 */
export function resolveModelFile(
  given: { readonly name?: string | undefined; readonly out?: string | undefined },
  data: string,
  fallback = nameOf(data),
): ModelFile {
  if (data === '-' && given.name === undefined) throw new UsageError('--data - needs --name for the model');
  const name = given.name ?? fallback;
  if (name === '' || name.startsWith('.') || name.includes(sep)) {
    throw new UsageError(
      `--name cannot be '${name}': it names a file too, and may not begin with a dot or hold a ${sep}`,
    );
  }
  return { name, out: given.out ?? join('models', `${name}.json`) };
}

/** The name of a file without its endings. */
function nameOf(path: string): string {
  const file = basename(path).replace(/\.gz$/i, '');
  return basename(file, extname(file));
}

export const defaultThreshold: Output['threshold'] = {
  value: 0.5,
  reason: 'the likelier class is predicted, as if both errors cost the same',
};

/**
 * Reads `--threshold`.
 *
 * @param chosen when it was, as the reason says: `in training`
 * @returns `undefined` where there is none
 * @throws UsageError for what is not between 0 and 1
 */
export function readThreshold(text: string | undefined, chosen: string): Output['threshold'] | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new UsageError(`--threshold is between 0 and 1, not '${text}'`);
  const times = Number(((1 - value) / value).toPrecision(3));
  return {
    value,
    reason: `chosen ${chosen}: the best when missing a positive costs ${times} times as much as a false alarm`,
  };
}

const featureLists = ['categorical', 'protected', 'segments', 'sensitive'] as const;

/**
 * Checks the names of the features, and the options that name some of them.
 *
 * @param path of the table
 * @throws Error for a feature called as the score or the key is; UsageError for a name that is none of the features
 */
export function requireFeatures(
  path: string,
  features: readonly { readonly name: string }[],
  lists: Readonly<Record<(typeof featureLists)[number], readonly string[]>>,
): void {
  const names = features.map(({ name }) => name);
  for (const reserved of [scoreFeature, ownKeyName]) {
    if (names.includes(reserved))
      throw new Error(`${path}:1: column ${reserved}: is a reserved name: rename it`);
  }
  for (const list of featureLists) {
    const known = list === 'sensitive' ? [...names, ownKeyName] : names;
    const unknown = lists[list].find((column) => !known.includes(column));
    if (unknown !== undefined) {
      throw new UsageError(
        `--${list} names ${unknown}, which is none of the features ${formatNames(names)}${didYouMean(unknown, names)}`,
      );
    }
  }
}

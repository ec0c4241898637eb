import { fileURLToPath } from 'node:url';

/** What the demonstration is of. */
export const example = {
  model: inPackage('models/credit.json'),
  /** The rows that the model was trained on. */
  data: inPackage('data/german-credit.csv'),
  /** The column that says what became of a row. */
  outcome: 'outcome',
  /** What changes: a number comes in another unit, as after an update of the program that sends it. */
  feature: 'limit',
  factor: 1000,
} as const;

/** The name of the folder for the service's files begins with this. */
export const folderPrefix = 'vigia-demo-';

/** A file of Vigia itself, wherever the command is run. */
export function inPackage(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}

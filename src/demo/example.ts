import { ownFile } from '../files/own-file.ts';

/** What the demonstration is of. */
export const example = {
  model: ownFile('models/credit.json'),
  /** The rows that the model was trained on. */
  data: ownFile('data/german-credit.csv'),
  /** The column that says what became of a row. */
  outcome: 'outcome',
  /** What changes: a number comes in another unit, as after an update of the program that sends it. */
  feature: 'limit',
  factor: 1000,
} as const;

/** The name of the folder for the service's files begins with this. */
export const folderPrefix = 'vigia-demo-';

/** Options that mean the same to every command that has them. */
export const decimal = {
  value: 'SIGN',
  meaning: 'decimal sign of numbers in tables, . or ,',
  default: 'detected for each column',
} as const;

export const model = { value: 'FILE', meaning: 'the model file', setting: 'MODEL_PATH' } as const;

export const html = { value: 'FILE', meaning: 'also write the result as a page' } as const;

export const columns = (meaning: string) => ({ value: 'A,B,…', multiple: true, meaning }) as const;

export const columnNames =
  'A column whose name holds a comma is quoted, as in \'age,"income, monthly"\', or given alone.';

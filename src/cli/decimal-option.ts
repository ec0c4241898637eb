import type { DecimalSign } from '../tables/numbers.ts';
import { UsageError } from './run-cli.ts';

/** Reads `--decimal`. @throws UsageError for anything but a point or a comma */
export function readDecimalSign(text: string | undefined): DecimalSign | undefined {
  if (text === undefined || text === '.' || text === ',') return text;
  throw new UsageError(`--decimal is . or , and not '${text}'`);
}

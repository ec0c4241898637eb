import { listNames } from '../text/column-names.ts';
import { quoteWord } from '../text/command-line.ts';
import { repeatCommand } from './own-command.ts';

/** A column that says nothing about new rows. The message says why, and follows its name. */
export class RefusedColumn extends Error {
  override name = 'RefusedColumn';
  /** Whether it only looks so, and `--allow-ids` accepts it. */
  readonly isSuspected: boolean;

  constructor(reason: string, isSuspected = false) {
    super(reason);
    this.isSuspected = isSuspected;
  }
}

/** The refused columns of a table, with how to do without them. */
class RefusedColumns extends Error {
  override name = 'RefusedColumns';
  readonly columns: readonly string[];

  constructor(message: string, columns: readonly string[]) {
    super(message);
    this.columns = columns;
  }
}

type Refusal = { readonly column: string; readonly why: RefusedColumn };

/**
 * Reads all columns, so that one message names all that are refused.
 *
 * @param path what to call the table
 * @throws RefusedColumns where `read` has refused some; otherwise its first error
 */
export function readAllColumns<Text extends { readonly name: string }, Read>(
  path: string,
  columns: readonly Text[],
  read: (column: Text) => Read,
): Read[] {
  const refused: Refusal[] = [];
  const taken: Read[] = [];
  let fault: unknown;
  for (const column of columns) {
    try {
      taken.push(read(column));
    } catch (error) {
      if (error instanceof RefusedColumn) refused.push({ column: column.name, why: error });
      else fault ??= error;
    }
  }
  if (refused.length > 0) throw describeRefused(path, refused);
  if (fault !== undefined) throw fault;
  return taken;
}

function describeRefused(path: string, refused: readonly Refusal[]): RefusedColumns {
  const names = refused.map(({ column }) => column);
  const suspected = refused.filter(({ why }) => why.isSuspected).map(({ column }) => column);
  const leave =
    suspected.length === 0
      ? 'Leave'
      : `What only looks like ids or dates can be used with --allow-ids ${quoteWord(listNames(suspected))}. Otherwise leave`;
  const reasons = refused.map(({ column, why }) => `${column} ${why.message}`).join('; ');
  const [these, them] = refused.length === 1 ? ['a column says', 'it'] : ['columns say', 'them'];
  return new RefusedColumns(
    `${path}: ${these} nothing about new rows: ${reasons}. ${leave} ${them} out with --exclude ${quoteWord(listNames(names))}`,
    names,
  );
}

/** Adds the command that excludes the columns to the message that refuses them. */
export async function withCommand<Read>(reading: Promise<Read>): Promise<Read> {
  return reading.catch((error: unknown) => {
    if (error instanceof RefusedColumns) {
      error.message += `: ${repeatCommand(['--exclude', listNames(error.columns)])}`;
    }
    throw error;
  });
}

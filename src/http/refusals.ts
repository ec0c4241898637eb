import type { IncomingMessage } from 'node:http';
import type { Deployment } from '../deployments/deployment.ts';
import { type InputFaults, maxFaultsTold } from '../model/validate-input.ts';
import { type RejectionReason, recordRefusal, recordRejection } from '../monitor/model-counts.ts';
import { modelPath } from '../text/model-path.ts';
import { readKeyHeader } from './key-header.ts';
import { Problem } from './problem.ts';
import { BodyProblem } from './read-body.ts';
import type { RowFault } from './row-fault.ts';

type Counted = Pick<Deployment, 'counts'>;

/** Counts a body that cannot be read as one refused input: how many rows it has is not known. */
export async function counting<Result>(counted: Counted, reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (error) {
    throw countedFault(counted, error);
  }
}

/** The same error, counted if it is one of a body. */
export function countedFault({ counts }: Counted, error: unknown): unknown {
  if (error instanceof BodyProblem) {
    recordRefusal(counts, [{ feature: '', code: error.reason, count: 1 }]);
  }
  return error;
}

export function watchedOnly({ artifact: { name } }: Deployment): Problem {
  return new Problem(
    'watched-only',
    `the model ${name} is only watched: send the predictions that are made elsewhere to ${modelPath(name, 'observations')}`,
  );
}

/** The caller's own key for the prediction, if any. An invalid header counts as a refused input. */
export function readCountedKey(request: IncomingMessage, counted: Counted): string | undefined {
  try {
    return readKeyHeader(request);
  } catch (error) {
    throw refuseKey(counted, error);
  }
}

/** Counts a header that is not a valid key as a refused input. */
export function refuseKey({ counts }: Counted, error: unknown): unknown {
  recordRefusal(counts, [{ feature: '', code: 'invalid_key', count: 1 }]);
  return error;
}

/** A fault as reported to the caller. */
type ToldFault = { readonly pointer: string; readonly code: string; readonly message: string };

/** Collects and counts what is wrong with a request for several rows, which a single fault refuses as a whole. */
export class RequestFaults {
  readonly #counts: Deployment['counts'];
  readonly #told: ToldFault[] = [];
  #total = 0;
  /** Whether the request itself is faulty, which then counts as one refused input besides its rows. */
  #isAtFault = false;

  constructor({ counts }: Counted) {
    this.#counts = counts;
  }

  get total(): number {
    return this.#total;
  }

  /** A fault of the request itself. @param feature the model's feature, if it concerns one */
  add(pointer: string, code: RejectionReason, message: string, feature = ''): void {
    recordRejection(this.#counts, feature, code);
    this.#isAtFault = true;
    this.#tell({ pointer, code, message });
    this.#total++;
  }

  /** A row that could not be read. @param pointer its JSON pointer in the request */
  addUnread({ code, message, counts }: RowFault, pointer: string): void {
    recordRefusal(this.#counts, counts);
    this.#tell({ pointer, code, message });
    this.#total++;
  }

  /** The faults of one row. @param place returns the JSON pointer of a fault in the request */
  addRow({ told, total, counts }: InputFaults, place: (fault: InputFaults['told'][number]) => string): void {
    recordRefusal(this.#counts, counts);
    for (const fault of told) this.#tell({ ...fault, pointer: place(fault) });
    this.#total += total;
  }

  #tell(fault: ToldFault): void {
    if (this.#told.length < maxFaultsTold) this.#told.push(fault);
  }

  /** @throws Problem 422 if there is any */
  refuse(): void {
    if (this.#total === 0) return;
    if (this.#isAtFault) recordRefusal(this.#counts, []);
    throw invalidInput({ told: this.#told, total: this.#total });
  }
}

/**
 * The answer to a body with faults: the first one in its detail, the listed ones as `errors`, and the number of further
 * ones as `moreErrors`.
 */
export function invalidInput({
  told,
  total,
}: {
  readonly told: readonly ToldFault[];
  readonly total: number;
}): Problem {
  const [{ pointer, message }] = told;
  const more = total > 1 ? `, and ${total - 1} more` : '';
  return new Problem('invalid-input', `${pointer || 'the body'} ${message}${more}`, {
    members: {
      errors: told.map(({ pointer, code, message }) => ({ pointer, code, message })),
      ...(total > told.length && { moreErrors: total - told.length }),
    },
  });
}

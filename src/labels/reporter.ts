import { post, type Service } from './post-outcomes.ts';

/** Below the maximum size of a request. */
const batchItems = 5000;
const batchBytes = 3 * 1024 * 1024;
const maxIdCharacters = 256;

/** Why outcomes were refused. */
export type Refusal = {
  count: number;
  /** The service's message about the first. */
  readonly message: string;
};

/** What happened to the outcomes that were sent. */
export type ReportTally = {
  sent: number;
  accepted: number;
  /** Counted before. */
  duplicate: number;
  expired: number;
  /** By the reason that the service gives. */
  readonly refused: Map<string, Refusal>;
};

/** Sends outcomes in batches. */
export type Reporter = {
  /** Adds an outcome, and sends a batch as soon as it is full. @throws what `post` throws */
  add(id: string, outcome: string): Promise<void> | undefined;
  /** Sends what is left. */
  flush(): Promise<void>;
  readonly tally: ReportTally;
};

/**
 * The first batch was refused as a whole because the service knows none of its outcomes; all others would be refused,
 * too.
 */
export class UnknownOutcomes extends Error {}

/** @throws UnknownOutcomes from `add` and `flush` */
export function createReporter(service: Service): Reporter {
  const tally: ReportTally = { sent: 0, accepted: 0, duplicate: 0, expired: 0, refused: new Map() };
  let items: string[] = [];
  let outcomes: string[] = [];
  let bytes = 0;

  async function flush(): Promise<void> {
    if (items.length === 0) return;
    const [body, sent] = [`[${items.join(',')}]`, outcomes];
    items = [];
    outcomes = [];
    bytes = 0;
    const { accepted, duplicate, expired, invalid } = await post(service, body);
    const isFirst = tally.sent === 0;
    tally.sent += sent.length;
    tally.accepted += accepted;
    tally.duplicate += duplicate;
    tally.expired += expired;
    for (const { reason, message } of invalid) refuse(reason, message);
    const [first] = invalid;
    if (isFirst && first !== undefined && invalid.every(({ reason }) => reason === 'unknown_class')) {
      if (invalid.length === sent.length) {
        throw new UnknownOutcomes(
          `${JSON.stringify(sent[first.index])} is not a class of the model: ${first.message}`,
        );
      }
    }
  }

  function refuse(reason: string, message: string): void {
    const known = tally.refused.get(reason);
    if (known === undefined) tally.refused.set(reason, { count: 1, message });
    else known.count++;
  }

  return {
    add(id, outcome) {
      if (id.length > maxIdCharacters) {
        tally.sent++;
        refuse('invalid_id', 'is longer than any id');
        return undefined;
      }
      const item = `{"id":${JSON.stringify(id)},"outcome":${JSON.stringify(outcome)}}`;
      items.push(item);
      outcomes.push(outcome);
      bytes += Buffer.byteLength(item) + 1;
      return items.length >= batchItems || bytes >= batchBytes ? flush() : undefined;
    },
    flush,
    tally,
  };
}

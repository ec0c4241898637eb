import { setTimeout as delay } from 'node:timers/promises';
import { outcomesEndpoint, postOnce, Unavailable } from '../labels/post-outcomes.ts';
import type { Random } from '../stats/random.ts';
import type { Row } from './request-features.ts';
import type { Answer } from './send-requests.ts';

/** How outcomes are made up for the predictions that came back. */
export type LabelOptions = {
  /** Base addresses that take outcomes, in turn. */
  readonly urls: readonly URL[];
  /** For a service that asks for a bearer token. */
  readonly token: string | undefined;
  /** Mean time from a prediction to its outcome; each comes after half of it up to one and a half times. */
  readonly delayMs: number;
  /** Share of the predictions that get one. */
  readonly share: number;
  /** The outcome of a row that was sent, and answered with this score. */
  readonly outcomeOf: (row: Row, score: number) => string;
  /** Share of the outcomes that are sent twice, and of those that come with a forged id besides. */
  readonly damagedShare: number;
  readonly random: Random;
  /** Ends sending for good, as when the service is gone. */
  readonly signal?: AbortSignal;
};

/**
 * Outcomes that bear the scores out.
 *
 * @param classes negative first
 * @param positiveShare share of positive outcomes, whatever the score
 */
export function outcomesByScore(
  classes: readonly [string, string],
  random: Random,
  positiveShare?: number,
): LabelOptions['outcomeOf'] {
  return (_row, score) => classes[random() < (positiveShare ?? score) ? 1 : 0];
}

/** What the service said of the outcomes. */
export type LabelTally = {
  sent: number;
  accepted: number;
  duplicate: number;
  expired: number;
  invalid: number;
  /** Outcomes that no answer was got for, after all attempts. */
  failed: number;
};

export type Labels = {
  /** Makes up the outcome of an answered prediction, for later. */
  take(answer: Answer): void;
  /**
   * Sends what has not come due at once, and resolves when all is answered.
   *
   * @throws Error when the service refuses outcomes altogether, such as for want of a token
   */
  finish(): Promise<LabelTally>;
};

type Label = { readonly dueMs: number; readonly id: string; readonly outcome: string };

const intervalMs = 200;
const batchSize = 1000;
const retryMs = 1000;
const maxAttempts = 10;
const addressOptions = { url: '--label-url', token: '--label-token-file' };

/** Sends outcomes of predictions a while after them, in the background. */
export function createLabels(options: LabelOptions): Labels {
  const { urls, token, delayMs, share, damagedShare, outcomeOf, random, signal } = options;
  const tally: LabelTally = { sent: 0, accepted: 0, duplicate: 0, expired: 0, invalid: 0, failed: 0 };
  let waiting: Label[] = [];
  let batches = 0;
  let fault: Error | undefined;
  const sending = new Set<Promise<void>>();
  const timer = setInterval(() => {
    // asked each time: a signal that was aborted before this was called has no event any more
    if (signal?.aborted) clearInterval(timer);
    else sendDue(performance.now());
  }, intervalMs);

  function take({ row, status, body }: Answer): void {
    if (status !== 200 || random() >= share) return;
    const { id, score } = JSON.parse(body) as { id: string; score: number };
    const outcome = outcomeOf(row, score);
    const push = (sentId: string) => {
      waiting.push({ dueMs: performance.now() + delayMs * (0.5 + random()), id: sentId, outcome });
    };
    push(id);
    if (random() < damagedShare) push(id);
    if (random() < damagedShare) push(forge(id, random));
  }

  function sendDue(nowMs: number): void {
    const due = waiting.filter(({ dueMs }) => dueMs <= nowMs);
    waiting = waiting.filter(({ dueMs }) => dueMs > nowMs);
    for (let i = 0; i < due.length; i += batchSize) {
      const sent = send(due.slice(i, i + batchSize))
        .catch((error: Error) => {
          fault ??= error;
        })
        .finally(() => sending.delete(sent));
      sending.add(sent);
    }
  }

  async function send(labels: readonly Label[]): Promise<void> {
    const body = JSON.stringify(labels.map(({ id, outcome }) => ({ id, outcome })));
    tally.sent += labels.length;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const endpoint = outcomesEndpoint(urls[batches++ % urls.length]);
      try {
        const answer = await postOnce({ endpoint, token, options: addressOptions, signal }, body);
        tally.accepted += answer.accepted;
        tally.duplicate += answer.duplicate;
        tally.expired += answer.expired;
        tally.invalid += answer.invalid.length;
        return;
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
      }
      await delay(retryMs, undefined, { signal });
    }
    tally.failed += labels.length;
  }

  async function finish(): Promise<LabelTally> {
    clearInterval(timer);
    sendDue(Number.POSITIVE_INFINITY);
    await Promise.all(sending);
    if (fault !== undefined) throw fault;
    return tally;
  }
  return { take, finish };
}

/** The id with another character somewhere: nobody has signed it. */
function forge(id: string, random: Random): string {
  const place = Math.floor(random() * id.length);
  return id.slice(0, place) + (id[place] === 'A' ? 'B' : 'A') + id.slice(place + 1);
}

import assert from 'node:assert/strict';
import type { Artifact } from '../../src/model/artifact.ts';
import { shuffle } from '../../src/stats/random.ts';
import { drawFromReference } from '../../src/traffic/reference-rows.ts';
import { eventually, postJson } from './service.ts';

/** The addresses at which one replica accepts predictions and outcomes. */
export type Replica = {
  readonly predictUrl: string;
  readonly outcomesUrl: string;
  /** Sent with outcomes. */
  readonly headers?: Record<string, string>;
};

export type Prediction = { readonly id: string; readonly score: number; readonly prediction: string };
export type Label = { readonly id: string; readonly outcome: string };

/** The results for all labels that were reported. */
export type Receipt = { accepted: number; duplicate: number; expired: number; invalid: { reason: string }[] };

/** Retries requests that an overloaded service has refused, as its answer asks. */
async function post(url: string, body: unknown, headers?: Record<string, string>) {
  return eventually(async () => {
    const answer = await postJson(url, body, headers);
    assert.notEqual(answer.status, 503, JSON.stringify(answer.body));
    return answer;
  }, 30_000);
}

/** Runs `work` over the items, a few at a time. */
async function inParallel<Item>(items: readonly Item[], lanes: number, work: (item: Item) => Promise<void>) {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

/** Requests predictions of rows like those of the reference from the replicas in turn. */
export async function makePredictions(
  artifact: Artifact,
  count: number,
  replicas: readonly Replica[],
  random: () => number,
): Promise<Prediction[]> {
  const rows = Array.from({ length: count }, drawFromReference(artifact, random));
  const made: Prediction[] = [];
  let turn = 0;
  await inParallel(rows, 24, async (row) => {
    const { status, body } = await post(replicas[turn++ % replicas.length].predictUrl, row);
    assert.equal(status, 200);
    made.push(body);
  });
  return made;
}

/**
 * One label for each prediction, as often positive as its score says, with repetitions and forgeries among them, in
 * random order. A repetition may come first: then the other is the duplicate. One in ten contradicts the first.
 */
export function mixLabels(
  made: readonly Prediction[],
  { negative, positive }: Artifact['output'],
  { duplicates, forgeries }: { readonly duplicates: number; readonly forgeries: number },
  random: () => number,
): Label[] {
  const labels = made.map(({ id, score }) => ({ id, outcome: random() < score ? positive : negative }));
  const others = (count: number) =>
    Array.from({ length: count }, () => labels[Math.floor(random() * labels.length)]);
  const repeated = others(duplicates).map(({ id, outcome }, i) => ({
    id,
    outcome: i % 10 === 0 ? (outcome === positive ? negative : positive) : outcome,
  }));
  const forged = others(forgeries).map(({ id, outcome }, i) => {
    const place = Math.floor(random() * id.length);
    const damaged =
      i % 3 === 0
        ? id.slice(0, place)
        : id.slice(0, place) + (id[place] === 'x' ? 'y' : 'x') + id.slice(place + 1);
    return { id: damaged, outcome };
  });
  return shuffle([...labels, ...repeated, ...forged], random);
}

/**
 * Reports labels to replicas drawn at random, in batches of any size, several at a time.
 *
 * @param onAnswered called for every batch, with where it went
 */
export async function reportLabels(
  labels: readonly Label[],
  to: readonly Replica[],
  random: () => number,
  onAnswered: (batch: readonly Label[], replica: Replica) => void = () => {},
): Promise<Receipt> {
  const batches: (readonly Label[])[] = [];
  for (let i = 0; i < labels.length; i += batches[batches.length - 1].length) {
    batches.push(labels.slice(i, i + 1 + Math.floor(random() * 150)));
  }
  const receipt: Receipt = { accepted: 0, duplicate: 0, expired: 0, invalid: [] };
  await inParallel(batches, 6, async (batch) => {
    const replica = to[Math.floor(random() * to.length)];
    const { status, body } = await post(replica.outcomesUrl, batch, replica.headers);
    assert.equal(status, body.accepted === 0 && body.invalid.length > 0 ? 422 : 202);
    addReceipt(receipt, body);
    onAnswered(batch, replica);
  });
  return receipt;
}

/** Adds the results for further labels to `sum`. */
export function addReceipt(sum: Receipt, { accepted, duplicate, expired, invalid }: Receipt): void {
  sum.accepted += accepted;
  sum.duplicate += duplicate;
  sum.expired += expired;
  sum.invalid.push(...invalid);
}

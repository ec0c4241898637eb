import { type CategoryIndex, indexCategories } from '../stats/category-text.ts';
import { createPauses } from '../times/pauses.ts';
import type { KnownModels, OutcomeModel } from './known-models.ts';
import type { Token, Tokens } from './token.ts';

/** Why an outcome is permanently refused. */
export type InvalidReason = 'malformed' | 'invalid_id' | 'unknown_model' | 'unknown_class';

export type InvalidOutcome = {
  /** Index in the batch, from 0. */
  readonly index: number;
  readonly reason: InvalidReason;
  readonly message: string;
};

/** An outcome that can be counted, once it is known not to have been counted before. */
export type Candidate = {
  readonly id: string;
  readonly token: Token;
  readonly model: OutcomeModel;
  /** Its index among the classes. */
  readonly outcome: number;
};

export type Checked = {
  readonly candidates: readonly Candidate[];
  readonly invalid: readonly InvalidOutcome[];
  /** The number of outcomes of predictions that are too old. */
  readonly expired: number;
};

/** It cannot be decided whether an outcome has expired until the clock can be trusted again. */
export class ClockDoubted extends Error {}

/**
 * Checks what was sent: each item should be an object with the `id` of a prediction and its `outcome`, one of the
 * classes of the model that made it, in any spelling that names it (see `indexCategories`). A `SyntaxError` stands for
 * an item that could not be read.
 *
 * @param oldestMs earlier predictions have expired; ms since 1970
 * @param doubtfulMs for earlier predictions it is unknown whether they have expired, because the clock has jumped; ms
 * since 1970
 * @throws ClockDoubted for a batch that contains one of those
 */
export async function checkOutcomes(
  items: readonly unknown[],
  {
    tokens,
    models,
    oldestMs,
    doubtfulMs,
  }: { tokens: Tokens; models: Pick<KnownModels, 'find'>; oldestMs: number; doubtfulMs: number },
): Promise<Checked> {
  const candidates: Candidate[] = [];
  const invalid: InvalidOutcome[] = [];
  let expired = 0;
  const pause = createPauses();
  const indexes = new Map<OutcomeModel, CategoryIndex<number>>();
  const placeOf = (model: OutcomeModel, outcome: unknown) => {
    let find = indexes.get(model);
    if (find === undefined) {
      find = indexCategories(model.classes.map((name, place) => [name, place]));
      indexes.set(model, find);
    }
    return find(outcome) ?? null;
  };
  for (const [index, item] of items.entries()) {
    // a large batch must not delay predictions
    await pause();
    const refuse = (reason: InvalidReason, message: string) => invalid.push({ index, reason, message });
    if (item instanceof SyntaxError) {
      refuse('malformed', item.message);
      continue;
    }
    const { id, outcome } = (item ?? {}) as { id?: unknown; outcome?: unknown };
    if (typeof id !== 'string' || !isText(outcome)) {
      refuse('malformed', 'must be a JSON object with "id" and "outcome"');
      continue;
    }
    const token = tokens.verify(id);
    if (token === undefined) {
      refuse('invalid_id', 'is not an id that this service has signed');
      continue;
    }
    if (token.timeMs < oldestMs) {
      expired++;
      continue;
    }
    if (token.timeMs < doubtfulMs) {
      throw new ClockDoubted(
        'the clock has jumped, and according to it a prediction is too old for its outcome',
      );
    }
    const model = await models.find(token.model);
    if (model === undefined) {
      refuse('unknown_model', 'the prediction is of a model version that this replica does not know');
      continue;
    }
    const place = placeOf(model, outcome);
    if (place === null) {
      const names = model.classes.map((name) => JSON.stringify(name));
      refuse('unknown_class', `the outcome must be ${names.join(' or ')}`);
      continue;
    }
    candidates.push({ id, token, model, outcome: place });
  }
  return { candidates, invalid, expired };
}

function isText(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

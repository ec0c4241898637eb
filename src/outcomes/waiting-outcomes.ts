import { maxUnscraped } from './kept-versions.ts';
import type { KnownModel } from './known-model.ts';
import type { KnownModels } from './known-models.ts';
import type { SlotLine } from './slot.ts';
import type { Token } from './token.ts';

/** The parts of an id that are needed to count its outcome. */
export type Predicted = Pick<Token, 'score' | 'predictedClass'> & { readonly group: number | undefined };

/** What one outcome adds to the counts of its version. */
export type Countable = {
  /** Its index among the classes. */
  readonly outcome: number;
  /** Its prediction, once that is old enough. */
  readonly prediction?: Predicted | undefined;
  /** How long after the prediction it arrived, if that is to be counted. */
  readonly delayS?: number | undefined;
  /** Where to record that it has been counted. */
  readonly place?: SlotLine | undefined;
  /** Called when it has been counted. */
  readonly onCounted?: (() => void) | undefined;
};

/** Outcomes that count as soon as their model version does. */
export type WaitingOutcomes = {
  /** Counts an outcome, now or when its version is back. */
  add(digest: string, outcome: Countable): void;
  /** Counts what can be counted by now, and lets further versions come back. */
  release(): void;
  /** Whether so many wait that no more should be accepted. */
  readonly isFull: boolean;
  /** Outcomes of predictions that are old enough, but that are not counted yet. */
  readonly size: number;
};

const defaultMaxWaiting = 1 << 19;

/**
 * Keeps outcomes whose version is not in use, or has been loaded again but not yet been scraped at 0. Versions are
 * loaded one after the other, the one that has waited longest first, as far as there is room for them among those in
 * use. If there is too little room, they take turns: a version that has counted its waiting outcomes counts nothing
 * more, so that it is dropped once that has been scraped, and new outcomes for it wait for its next turn.
 *
 * @param onProblem told in one line when versions have to wait for room, and which outcomes will never count
 */
export function createWaitingOutcomes(
  models: Pick<KnownModels, 'get' | 'bringBack' | 'hasRoom' | 'isAnswering'>,
  {
    onProblem,
    maxWaiting = defaultMaxWaiting,
  }: { readonly onProblem: (message: string) => void; readonly maxWaiting?: number | undefined },
): WaitingOutcomes {
  const waiting = new Map<string, Countable[]>();
  let entries = 0;
  let size = 0;
  let isBringingBack = false;
  let isSaid = false;
  let isShortOfRoom = false;
  /** Versions that have counted since they were loaded again, while there was too little room. */
  const hadTurn = new Set<string>();

  const counts = (digest: string, model: KnownModel | undefined): model is KnownModel =>
    model?.mayCount() === true && !(isShortOfRoom && hadTurn.has(digest));

  function endTurn(digest: string): void {
    if (isShortOfRoom && !models.isAnswering(digest)) hadTurn.add(digest);
  }

  function takeOut(digest: string): readonly Countable[] {
    const outcomes = waiting.get(digest) ?? [];
    waiting.delete(digest);
    entries -= outcomes.length;
    size -= countMature(outcomes);
    if (waiting.size === 0) isSaid = false;
    return outcomes;
  }

  /** One after the other: each takes a place that is then not available to the next. */
  async function bringBack(): Promise<void> {
    if (isBringingBack) return;
    isBringingBack = true;
    let isShort = false;
    for (const digest of waiting.keys()) {
      if (models.get(digest) !== undefined) continue;
      if (!models.hasRoom()) {
        isShort = true;
        sayOnce();
        break;
      }
      hadTurn.delete(digest);
      // while this is unknown, it keeps waiting
      const model = await models.bringBack(digest).catch(() => null);
      if (model === undefined) {
        const lost = countMature(takeOut(digest));
        onProblem(
          `outcomes that will not be counted, because their model version (${digest}) is gone: ${lost}`,
        );
      }
    }
    isBringingBack = false;
    isShortOfRoom = isShort;
    if (!isShort) hadTurn.clear();
  }

  function sayOnce(): void {
    if (isSaid) return;
    isSaid = true;
    onProblem(
      `outcomes of older versions are waiting to be counted: at most ${maxUnscraped} versions are exposed at once for their outcomes alone`,
    );
  }

  return {
    add(digest, outcome) {
      const model = models.get(digest);
      const outcomes = waiting.get(digest);
      if (outcomes === undefined && counts(digest, model)) {
        count(model, outcome);
        endTurn(digest);
        return;
      }
      entries++;
      size += countMature([outcome]);
      if (outcomes !== undefined) {
        outcomes.push(outcome);
        return;
      }
      waiting.set(digest, [outcome]);
      bringBack();
    },
    release() {
      for (const digest of waiting.keys()) {
        const model = models.get(digest);
        if (!counts(digest, model)) continue;
        for (const outcome of takeOut(digest)) count(model, outcome);
        endTurn(digest);
      }
      if (waiting.size > 0) bringBack();
    },
    get isFull() {
      return entries >= maxWaiting;
    },
    get size() {
      return size;
    },
  };
}

function count(model: KnownModel, { outcome, prediction, delayS, place, onCounted }: Countable): void {
  model.used('outcome');
  if (delayS !== undefined) model.delays.add(outcome, delayS);
  if (prediction !== undefined) {
    const { score, predictedClass, group } = prediction;
    model.performance.addOutcome(score, outcome);
    if (group !== undefined) model.groupOutcomes.add(group, predictedClass, outcome);
  }
  if (prediction !== undefined) onCounted?.();
  place?.slot.counted(place.line, { outcome: prediction !== undefined, delay: delayS !== undefined });
}

function countMature(outcomes: readonly Countable[]): number {
  return outcomes.filter(({ prediction }) => prediction !== undefined).length;
}

import { redacted } from '../model/disclosure.ts';
import { copyOf } from '../text/own-text.ts';

/** What a chunk may hold before all samples are read for it. */
export type ChunkLimits = { readonly labels: number; readonly characters: number };

/** By which the command takes less than 500 MB, however large the table is (`node bench/labels.ts`). */
const defaultLimits: ChunkLimits = { labels: 1 << 19, characters: 1 << 25 };

/** Ids are texts of ASCII of one length; what has another was not signed by a service. */
const idForm = /^[\w-]{68}$/;
const idBytes = 68;

/** Labels that are joined with all samples at once, by the own key. */
export type LabelChunk = {
  readonly size: number;
  readonly isFull: boolean;
  /**
   * Adds a label, unless there is one of its key.
   *
   * @param outcome its place among the outcome texts
   * @returns the outcome of the label that is there
   */
  add(key: string, outcome: number): number | undefined;
  /** The place of the label of a key that a sample has; -1 where there is none. */
  find(key: unknown): number;
  outcomeOf(place: number): number;
  /** Whether any prediction of this label has been found. */
  isJoined(place: number): boolean;
  /**
   * Takes note of a prediction, of which the newest stays, and of equally old ones the last.
   *
   * @param timeMs when it was made, in ms since 1970; what is not known is older than all others
   */
  join(place: number, id: string, timeMs: number): void;
  /** The ids of the predictions that have stayed, with the places of their labels. */
  joined(): Generator<{ readonly id: string; readonly place: number }>;
};

/** Whether a sample's id can be that of a prediction. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && idForm.test(value);
}

export function createLabelChunk(limits = defaultLimits): LabelChunk {
  const places = new Map<string, number>();
  const outcomes: number[] = [];
  let characters = 0;
  let times = new Float64Array(0);
  let isJoined = new Uint8Array(0);
  /** Outside of the heap: as texts they would take half as much again, and be walked through by the garbage collector. */
  let ids = Buffer.alloc(0);

  /** No label is added any more. */
  function makeRoom(): void {
    if (isJoined.length === outcomes.length) return;
    times = new Float64Array(outcomes.length);
    isJoined = new Uint8Array(outcomes.length);
    ids = Buffer.alloc(outcomes.length * idBytes);
  }

  return {
    get size() {
      return outcomes.length;
    },
    get isFull() {
      return outcomes.length >= limits.labels || characters >= limits.characters;
    },
    add(key, outcome) {
      const known = places.get(key);
      if (known !== undefined) return outcomes[known];
      places.set(copyOf(key), outcomes.length);
      outcomes.push(outcome);
      characters += key.length;
      return undefined;
    },
    find(key) {
      // what stands in place of withheld keys is nobody's
      if (typeof key !== 'string' || key === redacted) return -1;
      return places.get(key.trim()) ?? -1;
    },
    outcomeOf: (place) => outcomes[place],
    isJoined: (place) => isJoined[place] === 1,
    join(place, id, timeMs) {
      makeRoom();
      const knownMs = Number.isNaN(timeMs) ? Number.NEGATIVE_INFINITY : timeMs;
      if (isJoined[place] === 1 && knownMs < times[place]) return;
      isJoined[place] = 1;
      times[place] = knownMs;
      ids.write(id, place * idBytes, idBytes, 'latin1');
    },
    *joined() {
      for (let place = 0; place < isJoined.length; place++) {
        if (isJoined[place] === 0) continue;
        yield { id: ids.toString('latin1', place * idBytes, (place + 1) * idBytes), place };
      }
    },
  };
}

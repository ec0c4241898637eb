import { redacted } from '../model/disclosure.ts';
import { copyOf } from '../text/own-text.ts';

/** How much a chunk may contain before all samples are read for it. */
export type ChunkLimits = { readonly labels: number; readonly characters: number };

/** With these, the command takes less than 500 MB, however large the table is (`node bench/labels.ts`). */
const defaultLimits: ChunkLimits = { labels: 1 << 19, characters: 1 << 25 };

/** Ids are ASCII texts of a fixed length; any other text was not signed by a service. */
const idForm = /^[\w-]{68}$/;
const idBytes = 68;

/** Labels that are joined with all samples in one pass, by the caller's own key. */
export type LabelChunk = {
  readonly size: number;
  readonly isFull: boolean;
  /**
   * Adds a label, unless there is already one with its key.
   *
   * @param outcome its index among the outcome texts
   * @returns the outcome of the existing label
   */
  add(key: string, outcome: number): number | undefined;
  /** The index of the label with a sample's key; -1 if there is none. */
  find(key: unknown): number;
  outcomeOf(place: number): number;
  /** Whether any prediction of this label has been found. */
  isJoined(place: number): boolean;
  /**
   * Registers a prediction; the newest is kept, and among equally old ones the last.
   *
   * @param timeMs when it was made, in ms since 1970; an unknown time counts as older than all others
   */
  join(place: number, id: string, timeMs: number): void;
  /** The ids of the predictions that were kept, with the indexes of their labels. */
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
  /** Outside of the heap: as strings they would take 50 % more memory, and be traversed by the garbage collector. */
  let ids = Buffer.alloc(0);

  /** No more labels are added. */
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
      // the placeholder for withheld keys is not a key
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

import { randomUUID } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type FileLock, lockFile, requireLocks } from '../files/file-lock.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { createSlot, type Slot } from './slot.ts';

/** The state of slots at one moment. */
export type SlotStates = readonly (ReturnType<Slot['save']> & { readonly slot: Slot })[];

/**
 * Remembers, next to an outcome file, which of its lines have been exposed to Prometheus, so that a later process
 * counts the others, and only those. Each process that writes the file has its own slot, and numbers its lines in it; a
 * slot without an owner is taken over by the next process that starts.
 */
export type Slots = {
  /** The slot that this process writes in. */
  readonly own: Slot;
  /** The names under which earlier processes confirmed outcomes, whose slots this one has taken over and still owns. */
  readonly owners: ReadonlySet<string>;
  /**
   * The position of a line of the file: `undefined` for an unnumbered line, as earlier versions wrote them, and without
   * a slot for one that another process has to count.
   */
  placeOf(
    line: Readonly<Record<string, unknown>>,
  ): { readonly slot: Slot | undefined; readonly line: number } | undefined;
  /** Takes the next numbers of this process's slot. @returns the first */
  take(count: number): number;
  /**
   * To be called when the lines of the file have been read, and before the first is written. Never rejects.
   *
   * @param isWhole whether all lines could be read, so that their numbers are known
   */
  begin(isWhole: boolean): Promise<void>;
  /** The slots that have changed since they were saved. */
  states(): SlotStates;
  /** Saves them, and releases the slots in which nothing is left to count. Never rejects. */
  save(states: SlotStates): Promise<void>;
  close(): void;
};

/** More lines than can possibly have been written since the state was saved. */
const unreadLines = 1 << 20;

type Held = { readonly number: number; readonly lock?: FileLock };

/**
 * Takes the first free slot of an outcome file, and all others that processes have abandoned.
 *
 * @param onProblem told in one line what could not be locked, read or saved, once for each kind
 */
export async function openSlots(path: string, onProblem: (message: string) => void): Promise<Slots> {
  const stateOf = (number: number) => join(dirname(path), `.${basename(path)}.slot-${number}.json`);
  const held = await takeSlots(path).catch((error: Error): Held[] => {
    onProblem(
      `${path}: cannot be locked: ${error.message}; only a single process can remember which of its outcomes it has counted`,
    );
    return [{ number: 1 }];
  });
  const locks = new Map<Slot, FileLock>();
  const slots = new Map<number, Slot>();
  for (const { number, lock } of held) {
    const slot = await readSlot(number, stateOf(number), onProblem);
    slots.set(number, slot);
    if (lock !== undefined) locks.set(slot, lock);
  }
  const own = slots.get(held[0].number) as Slot;
  const owners = new Set([...slots.values()].map(({ owner }) => owner));
  const pending = new Map<Slot, SlotStates[number]>();
  let writing: Promise<void> | undefined;
  let next = 1;
  let isSaid = false;

  async function write(): Promise<void> {
    for (let first = pending.values().next(); !first.done; first = pending.values().next()) {
      const { slot, text, onSaved, isSaved } = first.value;
      pending.delete(slot);
      if (isSaved()) continue;
      try {
        await writeFileAtomically(stateOf(slot.number), text);
        onSaved();
        isSaid = false;
      } catch (error) {
        if (!isSaid) {
          onProblem(
            `${(error as Error).message}: if this process ends, outcomes exposed to Prometheus since may be counted again`,
          );
        }
        isSaid = true;
      }
    }
  }

  function releaseDone(): void {
    for (const [number, slot] of slots) {
      if (slot === own || slot.open > 0 || !slot.isSaved) continue;
      slots.delete(number);
      owners.delete(slot.owner);
      locks.get(slot)?.release();
      locks.delete(slot);
    }
  }

  async function save(states: SlotStates): Promise<void> {
    for (const state of states) pending.set(state.slot, state);
    writing ??= write().finally(() => {
      writing = undefined;
    });
    await writing;
    releaseDone();
  }

  const states = () =>
    [...slots.values()].filter((slot) => !slot.isSaved).map((slot) => ({ slot, ...slot.save() }));

  return {
    own,
    owners,
    placeOf({ slot: number, line }) {
      if (!Number.isSafeInteger(number) || !Number.isSafeInteger(line)) return undefined;
      return { slot: slots.get(number as number), line: line as number };
    },
    take(count) {
      const first = next;
      next += count;
      return first;
    },
    async begin(isWhole) {
      next = own.end + (isWhole ? 0 : unreadLines);
      await save(states());
    },
    states,
    save,
    close() {
      for (const lock of locks.values()) lock.release();
      locks.clear();
    },
  };
}

/** @returns those that nobody has locked, the one to write in first */
async function takeSlots(path: string): Promise<Held[]> {
  const folder = dirname(path);
  await makeFolder(folder);
  await requireLocks(folder);
  const name = `.${basename(path)}.slot-`;
  const rests = (await readdir(folder))
    .filter((entry) => entry.startsWith(name))
    .map((entry) => entry.slice(name.length));
  const held: Held[] = [];
  async function take(number: number): Promise<void> {
    const lock = await lockFile(join(folder, `${name}${number}.lock`));
    if (lock === undefined) return;
    held.push({ number, lock });
    const unfinished = rests.filter((rest) => rest.startsWith(`${number}.json.`) && rest.endsWith('.tmp'));
    for (const rest of unfinished) await rm(join(folder, `${name}${rest}`), { force: true });
  }
  let tried = 0;
  while (held.length === 0) await take(++tried);
  // of the others, only those that have lines
  for (const rest of rests) {
    const [, number] = /^([1-9]\d{0,14})\.json$/.exec(rest) ?? [];
    if (Number(number) > tried) await take(Number(number));
  }
  return held;
}

async function readSlot(number: number, path: string, onProblem: (message: string) => void): Promise<Slot> {
  const owner = randomUUID();
  try {
    return createSlot(number, await readFile(path, 'utf8'), owner);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      onProblem(
        `${path}: cannot be used: outcomes that have not been exposed to Prometheus yet will not be counted`,
      );
    }
    return createSlot(number, undefined, owner);
  }
}

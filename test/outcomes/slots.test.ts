import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { createSlot, type Slot } from '../../src/outcomes/slot.ts';
import { openSlots, type Slots } from '../../src/outcomes/slots.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const both = { outcome: true, delay: true };
const neither = { outcome: false, delay: false };
const owner = randomUUID();
/** What the next process gets. */
const again = (slot: Slot) => createSlot(slot.number, slot.save().text, randomUUID());

describe('the lines of one process', () => {
  it('are known by what of them has been counted, also to the next process', () => {
    const slot = createSlot(1, undefined, owner);
    assert.deepEqual([slot.isLost, slot.end, slot.owner, slot.number], [true, 1, owner, 1]);
    slot.counted(1, both);
    slot.counted(2, { outcome: false, delay: true });
    slot.counted(3, { outcome: true, delay: false });
    const next = again(slot);
    assert.deepEqual([next.isLost, next.end, next.owner], [false, 4, owner]);
    for (const one of [slot, next]) {
      assert.deepEqual(
        [1, 2, 3, 4].map((line) => one.has(line)),
        [both, { outcome: false, delay: true }, { outcome: true, delay: false }, neither],
      );
    }
  });

  it('end with the last that was found or counted', () => {
    const slot = createSlot(1, undefined, owner);
    slot.found(7, false);
    assert.equal(slot.end, 8);
    slot.found(3, false);
    assert.equal(slot.end, 8);
    slot.counted(9, { outcome: false, delay: true });
    assert.equal(slot.end, 10);
  });

  it('are open until their outcome is counted', () => {
    const slot = createSlot(1, undefined, owner);
    slot.found(1, true);
    slot.found(2, true);
    slot.found(3, false);
    assert.equal(slot.open, 2);
    slot.counted(1, { outcome: false, delay: true });
    assert.equal(slot.open, 2);
    slot.counted(1, { outcome: true, delay: false });
    slot.giveUp(2);
    assert.equal(slot.open, 0);
    assert.deepEqual(slot.has(2), both);
  });

  it('may be left to the outcome’s other line, until all before a line are given up', () => {
    const slot = createSlot(1, undefined, owner);
    slot.leave(2);
    slot.leave(5);
    const next = again(slot);
    for (const one of [slot, next]) {
      assert.deepEqual([1, 2, 5].map(one.hasLeft), [false, true, true]);
      assert.deepEqual([one.has(1), one.has(2)], [neither, both]);
    }
    slot.giveUpBelow(5);
    assert.deepEqual([2, 5].map(slot.hasLeft), [false, true]);
    assert.deepEqual(
      [4, 5, 6].map((line) => slot.has(line)),
      [both, both, neither],
    );
  });

  it('are saved when the state that holds them is, or a later one', () => {
    const slot = createSlot(1, undefined, owner);
    assert.equal(slot.isSaved, false, 'not even that it is there');
    const first = slot.save();
    slot.counted(1, both);
    const second = slot.save();
    first.onSaved();
    assert.deepEqual([slot.isSaved, first.isSaved(), second.isSaved()], [false, true, false]);
    second.onSaved();
    first.onSaved();
    assert.deepEqual([slot.isSaved, second.isSaved()], [true, true]);
    // nothing new
    slot.counted(1, both);
    assert.equal(slot.isSaved, true);
    slot.giveUpBelow(1);
    assert.equal(slot.isSaved, false);
    assert.equal(again(slot).isSaved, true);
  });

  it('are not those of a text that no process has saved', () => {
    const { text } = createSlot(1, undefined, owner).save();
    for (const other of ['', '{}', text.replace(owner, 'me'), text.replace('"left":[]', '"left":[0]')]) {
      assert.throws(() => createSlot(1, other, owner), Error, other);
    }
  });
});

describe('the slots of an outcome file', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let problems: string[];
  const opened: Slots[] = [];
  const open = async () => {
    const slots = await openSlots(join(folder.path, 'outcomes.jsonl'), (problem) => problems.push(problem));
    opened.push(slots);
    return slots;
  };
  const state = (number: number) => join(folder.path, `.outcomes.jsonl.slot-${number}.json`);
  beforeEach(async () => {
    folder = await temporaryFolder();
    problems = [];
  });
  afterEach(async () => {
    for (const slots of opened.splice(0)) slots.close();
    await folder[Symbol.asyncDispose]();
  });

  it('are one for each process that is running', async () => {
    const one = await open();
    const saving = await folder.write(`${basename(state(1))}.x.tmp`, '');
    const other = await open();
    assert.equal(await readFile(saving, 'utf8'), '', 'what the first is saving stays');
    assert.deepEqual([one.own.number, other.own.number], [1, 2]);
    assert.deepEqual([...one.owners], [one.own.owner]);
    assert.deepEqual(one.placeOf({ slot: 1, line: 4 }), { slot: one.own, line: 4 });
    assert.deepEqual(one.placeOf({ slot: 2, line: 4 }), { slot: undefined, line: 4 });
    for (const line of [{}, { slot: 1 }, { line: 1 }, { slot: '1', line: 1 }, { slot: 1, line: 1.5 }]) {
      assert.equal(one.placeOf(line), undefined);
    }
    assert.deepEqual(problems, []);
  });

  it('are taken over only where an earlier process has begun lines of this file', async () => {
    const begin = (name: string) => folder.write(name, createSlot(1, undefined, owner).save().text);
    await begin('.outcomes.jsonl.slot-12.json');
    for (const other of [
      '.outcomes.jsonl.slot-3.json.bak',
      '.outcomes.jsonl.slot-x4.json',
      '.outcomex.jsonl.slot-5.json',
    ]) {
      await begin(other);
    }
    const slots = await open();
    const taken = Array.from({ length: 20 }, (_, i) => i).filter(
      (slot) => slots.placeOf({ slot, line: 1 })?.slot,
    );
    assert.deepEqual(taken, [1, 12]);
  });

  it('say that only one process can remember what it has counted, where none can lock its slot', async () => {
    const file = await folder.write('file', '');
    const path = join(file, 'outcomes.jsonl');
    const slots = await openSlots(path, (problem) => problems.push(problem));
    assert.equal(slots.own.number, 1);
    assert.match(
      problems[0],
      /outcomes\.jsonl: cannot be locked: .*; only a single process can remember which of its outcomes it has counted$/,
    );
    problems = [];
    await slots.begin(true);
    assert.equal(problems.length, 1);
    assert.match(
      problems[0],
      /: if this process ends, outcomes exposed to Prometheus since may be counted again$/,
    );
    slots.close();
  });

  it('do not replace a state that has been saved by an earlier one', async () => {
    const slots = await open();
    await slots.begin(true);
    const states = [1, 2].map((line) => {
      slots.own.counted(line, both);
      return slots.states();
    });
    await slots.save(states[1]);
    await slots.save(states[0]);
    assert.equal(createSlot(1, await readFile(state(1), 'utf8'), owner).end, 3);
  });

  it('number lines on from those that are known, or far beyond them if some may not be', async () => {
    const slots = await open();
    slots.own.found(4, false);
    await slots.begin(true);
    assert.deepEqual([slots.take(3), slots.take(1)], [5, 8]);
    await slots.begin(false);
    assert.ok(slots.take(1) > 1e6);
  });

  it('are taken over from a process that has ended, until nothing is left to count', async () => {
    const [one, two] = [await open(), await open()];
    for (const slots of [one, two]) {
      await slots.begin(true);
      slots.own.counted(1, both);
      await slots.save(slots.states());
    }
    one.close();
    two.close();
    const next = await open();
    assert.equal(next.own.number, 1);
    assert.deepEqual(next.owners, new Set([one.own.owner, two.own.owner]));
    const taken = next.placeOf({ slot: 2, line: 1 })?.slot ?? assert.fail('not taken over');
    assert.deepEqual(taken.has(1), both);
    taken.found(2, true);
    await next.save(next.states());
    assert.equal(next.owners.size, 2);
    taken.counted(2, both);
    await next.save(next.states());
    assert.deepEqual(next.owners, new Set([one.own.owner]));
    assert.equal((await open()).own.number, 2, 'and may be taken by another');
  });

  it('leave no unfinished file, and say so if a state cannot be used', async () => {
    await writeFile(state(1), '{');
    await writeFile(`${state(1)}.x.tmp`, '');
    await writeFile(`${state(1)}.x.other`, '');
    const { own } = await open();
    assert.equal(own.isLost, true);
    assert.deepEqual(problems, [
      `${state(1)}: cannot be used: outcomes that have not been exposed to Prometheus yet will not be counted`,
    ]);
    const names = await readdir(folder.path);
    assert.ok(!names.some((name) => name.endsWith('.tmp')));
    assert.ok(names.some((name) => name.endsWith('.x.other')));
  });

  it('say once that they cannot be saved, and again after they could', async () => {
    const slots = await open();
    await slots.begin(true);
    const save = async () => {
      slots.own.counted(slots.take(1), both);
      await slots.save(slots.states());
    };
    // a folder in the way
    await rm(state(1));
    await mkdir(state(1));
    await save();
    await save();
    assert.equal(problems.length, 1);
    assert.match(
      problems[0],
      /: if this process ends, outcomes exposed to Prometheus since may be counted again$/,
    );
    assert.equal(slots.own.isSaved, false);
    await rm(state(1), { recursive: true });
    await save();
    assert.equal(slots.own.isSaved, true);
    await rm(state(1));
    await mkdir(state(1));
    await save();
    assert.equal(problems.length, 2);
  });
});

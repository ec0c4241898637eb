import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { endOfTurn } from '../../src/http/end-of-turn.ts';

describe('the end of a turn', () => {
  it('comes for all who wait for it, after what had arrived, in their order', async () => {
    const events: string[] = [];
    const waiting = ['a', 'b', 'c'].map(async (name) => {
      await endOfTurn();
      events.push(name);
    });
    process.nextTick(() => events.push('still arriving'));
    await Promise.all(waiting);
    assert.deepEqual(events, ['still arriving', 'a', 'b', 'c']);
  });

  it('is not waited for by more than 32, and leaves the next its own end', async () => {
    let released = 0;
    const wait = () => endOfTurn().then(() => released++);
    const first = Array.from({ length: 33 }, wait);
    await Promise.all(first.slice(0, 32));
    assert.equal(released, 32);
    await nextTurn();
    assert.equal(released, 33);
  });
});

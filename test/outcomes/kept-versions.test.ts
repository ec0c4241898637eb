import assert from 'node:assert/strict';
import { versionsToDrop } from '../../src/outcomes/kept-versions.ts';

const hourMs = 3_600_000;
const nowMs = 1000 * hourMs;
const version = (hoursAgo: number, unscrapedUntilMs = 0) => ({
  name: `${hoursAgo}`,
  lastUsedMs: nowMs - hoursAgo * hourMs,
  unscrapedUntilMs,
});
const dropped = (versions: ReturnType<typeof version>[], answering?: ReturnType<typeof version>) =>
  versionsToDrop(versions, answering, nowMs)
    .map(({ name }) => name)
    .sort();

describe('the versions that are kept', () => {
  it('are the one that answers, however long ago it was used', () => {
    const answering = version(1000);
    assert.deepEqual(dropped([answering], answering), []);
    assert.deepEqual(dropped([answering]), ['1000']);
  });

  it('are those that were used within a day', () => {
    assert.deepEqual(dropped([version(23.9), version(24), version(24.1)]), ['24.1']);
  });

  it('are two beside the one that answers: those used last', () => {
    const answering = version(9);
    const others = [5, 1, 4, 2, 3].map((hours) => version(hours));
    assert.deepEqual(dropped([others[0], answering, ...others.slice(1)], answering), ['3', '4', '5']);
  });

  it('are those whose counts have not been scraped', () => {
    const others = [1, 2].map((hours) => version(hours));
    assert.deepEqual(
      dropped([...others, version(4, nowMs + 1), version(30, nowMs + 1), version(31, nowMs)]),
      ['31'],
    );
  });
});

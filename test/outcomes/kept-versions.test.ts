import assert from 'node:assert/strict';
import {
  hasRoomForUnscraped,
  maxUnscraped,
  type VersionUse,
  versionsToDrop,
} from '../../src/outcomes/kept-versions.ts';

const hourMs = 3_600_000;
const nowMs = 1000 * hourMs;
type Version = VersionUse & { readonly hours: string };
const version = (hoursAgo: number, unscrapedUntilMs = 0, name = 'credit'): Version => ({
  name,
  hours: `${hoursAgo}`,
  lastUsedMs: nowMs - hoursAgo * hourMs,
  unscrapedUntilMs,
});
const dropped = (versions: Version[], ...answering: Version[]) =>
  versionsToDrop(versions, new Set(answering), nowMs)
    .map(({ hours }) => hours)
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

  it('are two besides the one that answers: the most recently used', () => {
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

  it('are two of each model that answers, and two of all that no longer answer', () => {
    const answering = ['credit', 'churn'].map((name) => version(0, 0, name));
    const others = ['credit', 'churn', 'gone', 'left'].flatMap((name, i) =>
      [1, 2, 3].map((hours) => version(hours + i / 10, 0, name)),
    );
    assert.deepEqual(dropped([...answering, ...others], ...answering), [
      '2.2',
      '2.3',
      '3',
      '3.1',
      '3.2',
      '3.3',
    ]);
  });

  it('are at most ten, of all models together, that only have to be scraped', () => {
    const answering = ['a', 'b', 'c'].map((name) => version(0, 0, name));
    const used = answering.flatMap(({ name }) => [version(1, 0, name), version(2, 0, name)]);
    const unscraped = Array.from({ length: maxUnscraped + 2 }, (_, i) =>
      version(3 + i, nowMs + 1, answering[i % 3].name),
    );
    const all = [...answering, ...used, ...unscraped];
    assert.deepEqual(dropped(all, ...answering), ['13', '14']);
    const hasRoom = (versions: Version[]) => hasRoomForUnscraped(versions, new Set(answering), nowMs);
    assert.equal(hasRoom(all), false);
    assert.equal(hasRoom(all.slice(0, -3)), true);
  });
});

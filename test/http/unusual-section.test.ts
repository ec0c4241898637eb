import assert from 'node:assert/strict';
import { unusualSection } from '../../src/http/pages/unusual-section.ts';
import { createDisclosure } from '../../src/model/disclosure.ts';
import { createSampleFormatter } from '../../src/samples/sample.ts';
import { createUnusualRows } from '../../src/samples/unusual-rows.ts';
import { artifact } from '../report/samples.ts';

const nowMs = Date.parse('2026-03-31T12:00:00Z');
const place = artifact.features.findIndex(({ name }) => name === 'limit');
const row = { age: 30, limit: 1, history: 'paid' };

describe('the unusual rows on the page of a feature', () => {
  /** One row with a limit below the range. */
  function shown(values: 'raw' | 'bins', maxAgeDays: number, time: string): string {
    const unusual = createUnusualRows(artifact, values);
    const outside = artifact.features.map(({ name }) => (name === 'limit' ? -1 : 0));
    const bins = artifact.features.map(() => 0);
    const format = createSampleFormatter({ artifact, values });
    unusual.note(format(time, 'ID', undefined, undefined, row, bins, outside, 0.3, 0), bins, outside);
    const deployment = { artifact, disclosure: createDisclosure(artifact), unusual };
    const kept = { SAMPLES_VALUES: values, SAMPLES_RATIO: 1, SAMPLES_MAX_AGE_DAYS: maxAgeDays };
    return unusualSection(deployment, place, kept, nowMs).html;
  }

  it('name bins as charts do, where samples hold no more', () => {
    const text = shown('bins', 30, '2026-03-31T11:00:00.000Z');
    assert.match(text, /<b>up to 934<\/b> <span class="quiet">below the range/);
    assert.match(text, /<dt>history<\/dt><dd class="value">[a-z]+<\/dd>/);
    assert.match(
      shown('raw', 30, '2026-03-31T11:00:00.000Z'),
      /<dt>history<\/dt><dd class="value">paid<\/dd>/,
    );
  });

  it('go when their samples are too old to be kept', () => {
    assert.match(shown('raw', 2, '2026-03-29T13:00:00.000Z'), /<b>1<\/b>/);
    assert.match(shown('raw', 2, '2026-03-29T11:00:00.000Z'), /<p>None since the start\.<\/p>/);
  });
});

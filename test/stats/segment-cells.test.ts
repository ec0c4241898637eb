import assert from 'node:assert/strict';
import type { Bins } from '../../src/stats/binning.ts';
import { createSegmentRecorder, layoutSegments, segmentCounts } from '../../src/stats/segment-cells.ts';

describe('the counts of segments', () => {
  // three, four and two bins, with those for missing and unseen values
  const variables: readonly Bins[] = [
    { kind: 'numeric', edges: [1] },
    { kind: 'categorical', categories: ['a', 'b'], grouped: [] },
    { kind: 'numeric', edges: [] },
  ];
  // by the categories, and by a variable that is not compared
  const by = [
    { place: 1, segments: 2 },
    { place: 3, segments: 1 },
  ];

  it('are in one array: cut after cut, segment after segment, without the variable that cuts', () => {
    const { cuts, end } = layoutSegments(variables, by, 10);
    assert.deepEqual(cuts, [
      {
        place: 1,
        segments: 2,
        variables: [
          { place: 0, offset: 0, size: 3 },
          { place: 2, offset: 3, size: 2 },
        ],
        offset: 10,
        stride: 5,
      },
      {
        place: 3,
        segments: 1,
        variables: [
          { place: 0, offset: 0, size: 3 },
          { place: 1, offset: 3, size: 4 },
          { place: 2, offset: 7, size: 2 },
        ],
        offset: 20,
        stride: 9,
      },
    ]);
    assert.equal(end, 29);
    assert.equal(layoutSegments(variables, by).cuts[0].offset, 0);
  });

  it('are read by segment and variable', () => {
    const { cuts, end } = layoutSegments(variables, by);
    const counts = Float64Array.from({ length: end }, (_, i) => i);
    assert.deepEqual([...segmentCounts(cuts[0], 1, cuts[0].variables[1], counts)], [8, 9]);
    assert.deepEqual([...segmentCounts(cuts[1], 0, cuts[1].variables[1], counts)], [13, 14, 15, 16]);
  });

  it('are of the rows that are in the segment, and of their known values', () => {
    const { cuts, end } = layoutSegments(variables, by);
    const counts = new Float64Array(end);
    const record = createSegmentRecorder(cuts, counts);
    record([2, 1, 0, 0]);
    record([0, 0, 1, 0]);
    // in no segment of either cut: the bins of missing and unseen values come after them
    record([1, 2, 0, 1]);
    // unknown values, and an unknown segment
    record([-1, 1, -1, -1]);
    record([1, -1, 1, 0]);
    const of = (cut: number, segment: number) =>
      cuts[cut].variables.map((variable) => [...segmentCounts(cuts[cut], segment, variable, counts)]);
    assert.deepEqual(of(0, 0), [
      [1, 0, 0],
      [0, 1],
    ]);
    assert.deepEqual(of(0, 1), [
      [0, 0, 1],
      [1, 0],
    ]);
    assert.deepEqual(of(1, 0), [
      [1, 1, 1],
      [1, 1, 0, 0],
      [1, 2],
    ]);
  });
});

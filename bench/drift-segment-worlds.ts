import {
  ages,
  amounts,
  channels,
  histories,
  merchants,
  mixture,
  normal,
  only,
  type Population,
  purposes,
} from './drift-populations.ts';

/** A feature compared within segments, of which nothing changes: whatever is found is false. */
export type SegmentWorld = {
  readonly title: string;
  /** What the rows of the segments are drawn from, in turn. */
  readonly parts: readonly Population[];
};

/** Segments whose means differ by up to two deviations: some bins are rare in some of them. */
const apart = [-1, -0.5, 0, 0.5, 1].map((mean) => normal(mean));

export const segmentWorlds: Readonly<Record<string, SegmentWorld>> = {
  normal: { title: 'a normal variable', parts: [normal()] },
  apart: { title: 'normal, means of the segments up to 2 σ apart', parts: apart },
  missing: {
    title: 'ages, 5 % missing',
    parts: [mixture([0.95, ages()], [0.05, only(null)])],
  },
  zeros: { title: '92 % zeros, the rest amounts', parts: [mixture([0.92, only(0)], [0.08, amounts()])] },
  history: { title: 'a category of 5', parts: [histories()] },
  purpose: { title: 'a category of 20, long-tailed (Zipf)', parts: [purposes()] },
  channel: { title: 'a category of 20, most of them very rare', parts: [channels()] },
  merchant: { title: 'names, Pareto tail of 0.6', parts: [merchants(0.6)] },
};

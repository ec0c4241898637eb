/**
 * The statistics of drift and performance: pure functions, one function or family per file. This file exports all of
 * them; the service imports single files, so that it does not load at start-up what only reports use.
 */
export * from './binned-kolmogorov-smirnov.ts';
export * from './binning.ts';
export * from './binomial-ceiling.ts';
export * from './confusion.ts';
export type { CountedBin } from './counted-bins.ts';
export * from './daily-bets.ts';
export * from './drift.ts';
export * from './drift-statistics.ts';
export * from './effect.ts';
export * from './estimate-errors.ts';
export * from './interval.ts';
export * from './isotonic-regression.ts';
export * from './jensen-shannon.ts';
export * from './kolmogorov-smirnov.ts';
export * from './label-shift.ts';
export * from './noise-ceiling.ts';
export * from './normal-quantile.ts';
export * from './outcome-rates.ts';
export * from './probability-scores.ts';
export * from './psi.ts';
export * from './quantile.ts';
export { quantileEdges } from './quantile-edges.ts';
export * from './random.ts';
export * from './rank-trend.ts';
export * from './roc-auc.ts';
export * from './samples-needed.ts';
export * from './slow-drift.ts';
export type { LogBase, Smoothing } from './smoothing.ts';
export * from './standard-errors.ts';
export * from './wasserstein.ts';
export * from './wilson-interval.ts';

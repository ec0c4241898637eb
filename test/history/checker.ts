import { checkAnswers, checkCounters } from './check-answers.ts';
import { checkCounts } from './check-counts.ts';
import { checkOutcomes } from './check-outcomes.ts';
import { checkSamples } from './check-samples.ts';
import type { Finding, History } from './history.ts';
import { checkForgotten } from './lives.ts';

/** Checks a history against every promise. @returns the promises that were not kept */
export function checkHistory(history: History): Finding[] {
  return [checkAnswers, checkCounters, checkSamples, checkOutcomes, checkForgotten, checkCounts].flatMap(
    (check) => check(history),
  );
}

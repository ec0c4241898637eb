import type { Monitor } from '../monitor/monitor.ts';
import { driftCeiling, judgeDrift, type Verdict } from '../stats/drift.ts';
import { comparedCounts, joinsRare } from '../stats/rare-categories.ts';
import { dayMs } from '../times/day.ts';

/** The interval between the steps of the history. */
export const historyStepMs = 300_000;

/** The drift of all variables of a model version at one time: one line of the file. */
export type DriftStep = {
  readonly model: string;
  readonly version: string;
  /** ms since 1970. */
  readonly timeMs: number;
  /** Rows in the hour before. */
  readonly samples: number;
  /**
   * The PSI of the hour before, by variable: the features in the model's order, then the score. `null` without rows.
   */
  readonly psi: readonly (number | null)[];
};

/** The drift of one variable in the hour before the end of a step, in the form in which the report has its steps. */
export type PsiStep = {
  /** Begin of the step, in ISO 8601. */
  readonly from: string;
  /** Rows in the hour. */
  readonly samples: number;
  readonly psi: number | null;
  readonly psiNoiseCeiling: number | null;
  /** By the PSI alone: ranks are not stored. */
  readonly verdict: Verdict;
};

/** The drift of every variable over the last day. */
export type DriftSteps = {
  /**
   * Stores a step in the place of an earlier one within the same five minutes. If the clock was set back, later steps are
   * forgotten.
   */
  add(step: DriftStep): void;
  /**
   * The steps of one variable within the last day, oldest first. Steps at which the service did not run are absent.
   *
   * @param place index of the variable in `monitor.variables`
   */
  psiOverTime(monitor: Monitor, place: number, nowMs: number): PsiStep[];
  /** The time of the last step, in ms since 1970; `undefined` if there is none. */
  latestMs(monitor: Monitor): number | undefined;
};

/** Stores a day of steps for each model version: one for each five minutes at most, whatever a file holds. */
export function createDriftSteps(): DriftSteps {
  const byVersion = new Map<string, DriftStep[]>();
  const keyOf = (model: string, version: string) => JSON.stringify([model, version]);
  const slotOf = (timeMs: number) => Math.floor(timeMs / historyStepMs);
  let latestSlot: number | undefined;

  function forget(nowMs: number): void {
    for (const [key, steps] of byVersion) {
      while (steps.length > 0 && steps[0].timeMs <= nowMs - dayMs) steps.shift();
      while (steps.length > 0 && steps[steps.length - 1].timeMs > nowMs) steps.pop();
      if (steps.length === 0) byVersion.delete(key);
    }
  }

  return {
    add(step) {
      const slot = slotOf(step.timeMs);
      // not for each line of a file: it may hold many models
      if (slot !== latestSlot) forget(step.timeMs);
      latestSlot = slot;
      const key = keyOf(step.model, step.version);
      const steps = byVersion.get(key) ?? [];
      while (steps.length > 0 && slotOf(steps[steps.length - 1].timeMs) >= slot) steps.pop();
      steps.push(step);
      byVersion.set(key, steps);
    },
    latestMs: ({ reference: { model, version } }) => byVersion.get(keyOf(model, version))?.at(-1)?.timeMs,
    psiOverTime({ reference: { model, version }, variables }, place, nowMs) {
      const steps = byVersion.get(keyOf(model, version)) ?? [];
      const { bins, counts } = variables[place];
      const compared = comparedCounts(bins, counts, joinsRare(bins, counts));
      return steps
        .filter(
          ({ timeMs, psi }) => timeMs > nowMs - dayMs && timeMs <= nowMs && psi.length === variables.length,
        )
        .map(({ timeMs, samples, psi: all }) => {
          const from = new Date(timeMs - historyStepMs).toISOString();
          const psi = all[place];
          if (psi === null) return { from, samples, psi, psiNoiseCeiling: null, verdict: 'undetermined' };
          const psiNoiseCeiling = driftCeiling(bins.kind, compared, samples, { designEffect: 1 });
          return { from, samples, psi, psiNoiseCeiling, verdict: judgeDrift(psi, psiNoiseCeiling, null) };
        });
    },
  };
}

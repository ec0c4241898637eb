import { setTimeout as delay } from 'node:timers/promises';
import type { LiveDrift } from '../monitor/live-drift.ts';
import { driftThreshold } from '../stats/drift.ts';
import type { UnitGuess } from '../stats/unit-guess.ts';
import { askJson } from '../traffic/ask-json.ts';

const askEveryMs = 1000;

/** A feature or the score, as far as the demonstration tells of it. */
export type Moved = {
  readonly name: string;
  readonly psi: number;
  readonly threshold: number;
  /** The other unit that its values seem to be in. */
  readonly unit: UnitGuess | null;
};

/** Whether traffic drifts, over the last 10 minutes of one service. */
export type DriftAnswer = {
  readonly drifting: readonly Moved[];
  /** Whether some of it cannot be told yet. */
  readonly isUndetermined: boolean;
};

/** Outcomes so far, and how many of the predictions were right. */
export type Realised = { readonly outcomes: number; readonly right: number };

type Window = { readonly features: readonly LiveDrift[]; readonly score: LiveDrift };

/** Asks `/drift`. @throws Error when the service does not answer */
export async function askDrift(adminUrl: string): Promise<DriftAnswer> {
  const { windows } = (await askJson(`${adminUrl}/drift`)) as { windows: Record<string, Window> };
  const { features, score } = windows['10m'];
  const all = [...features, score];
  return {
    drifting: all.flatMap(({ name, verdict, psi, psiNoiseCeiling, unit }) =>
      verdict === 'drifting' && psi !== null
        ? [{ name, psi, threshold: driftThreshold(psiNoiseCeiling), unit }]
        : [],
    ),
    isUndetermined: all.some(({ verdict }) => verdict === 'undetermined'),
  };
}

/** Asks `/drift` once a second until the signal. @throws Error when the service does not answer */
export async function* watchDrift(adminUrl: string, signal: AbortSignal): AsyncGenerator<DriftAnswer> {
  while (!signal.aborted) {
    yield await askDrift(adminUrl);
    await delay(askEveryMs, undefined, { signal }).catch(() => {});
  }
}

/** Asks `/performance`, of all since the start. @throws Error when the service does not answer */
export async function askRealised(adminUrl: string): Promise<Realised> {
  type Figures = { samples: number; accuracy: { value: number | null } };
  const { models } = (await askJson(`${adminUrl}/performance`)) as {
    models: { sinceStart: { realised: Figures } }[];
  };
  const { samples, accuracy } = models[0].sinceStart.realised;
  return { outcomes: samples, right: Math.round(samples * (accuracy.value ?? 0)) };
}

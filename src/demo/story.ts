import { isBuilt, ownCommand } from '../files/own-file.ts';
import type { UnitGuess } from '../stats/unit-guess.ts';
import { formatAmount, formatCount, formatShare } from '../text/format.ts';
import { describeUnitGuess } from '../text/unit-guess.ts';
import type { DriftAnswer, Moved, Realised } from './ask-service.ts';
import { example } from './example.ts';

const amount = `${formatCount(example.factor)} times as large`;

export function describeStart(parts: {
  readonly model: string;
  readonly apiUrl: string;
  readonly adminUrl: string;
  /** Ports that the service would use if they were free. */
  readonly takenPorts: readonly number[];
}): string[] {
  const { model, apiUrl, adminUrl, takenPorts } = parts;
  const taken =
    takenPorts.length > 1
      ? [`Ports ${takenPorts.join(' and ')} are in use, so the service uses others.`]
      : takenPorts.map((port) => `Port ${port} is in use, so the service uses another one.`);
  return [
    `A service is running, with the example model "${model}". Its files are temporary.`,
    ...taken,
    '',
    `  Open ${adminUrl}/`,
    `  API  ${apiUrl}/docs`,
    '',
  ];
}

/** @param afterMs how long until the change */
export function describeSteady(answer: DriftAnswer, requests: number, afterMs: number): string[] {
  return [
    `${formatAmount(requests, 'request')} like those of training, each with its outcome: ${verdictOf(answer)}`,
    `In ${formatSeconds(afterMs)} "${example.feature}" will arrive in another unit, ${amount}. Watch the page.`,
  ];
}

export function describeChange(): string {
  return `"${example.feature}" now arrives ${amount}.`;
}

/** @param afterMs how long after the change it was seen */
export function describeDetected(answer: DriftAnswer, afterMs: number): string[] {
  return [
    `Drift detected ${formatSeconds(afterMs)} after the change:`,
    ...answer.drifting.flatMap((one) => [
      `  ${nameOf(one)}, PSI ${one.psi.toFixed(3)} (threshold ${one.threshold.toFixed(3)})`,
      ...(one.unit === null ? [] : [`    ${describeUnitGuess(one.unit)}`]),
    ]),
    'The page says the same. Requests go on: press Ctrl-C to end the demo.',
  ];
}

/** A guess that came only after drift had been detected. */
export function describeUnit(feature: string, unit: UnitGuess): string {
  return `${feature}: ${describeUnitGuess(unit)}`;
}

function verdictOf({ drifting, isUndetermined }: DriftAnswer): string {
  if (drifting.length > 0) return `drift in ${drifting.map(nameOf).join(', ')}.`;
  return isUndetermined ? 'too few to tell whether anything drifts.' : 'no drift.';
}

/** What the demonstration has shown, as far as it came. */
export type Seen = {
  readonly requests: number;
  /** Outcomes until the change; absent if it did not come. */
  readonly before?: Realised;
  /** Outcomes in all. */
  readonly realised: Realised;
  /** Absent if drift was not detected. */
  readonly detectedAfterMs?: number;
};

export function describeEnd({ requests, before, realised, detectedAfterMs }: Seen): string[] {
  const { feature } = example;
  const since = before && {
    outcomes: realised.outcomes - before.outcomes,
    right: realised.right - before.right,
  };
  return [
    '',
    'What you saw',
    `  ${formatAmount(requests, 'request')}, and ${formatAmount(realised.outcomes, 'outcome')} that came back.`,
    detectedAfterMs !== undefined
      ? `  Drift of "${feature}", detected ${formatSeconds(detectedAfterMs)} after it changed, without any outcome.`
      : before === undefined
        ? `  You ended it before "${feature}" changed.`
        : `  You ended it before the change of "${feature}" was detected.`,
    ...(before && since && before.outcomes > 0 && since.outcomes > 0
      ? [`  Correct predictions: ${shareOf(before)} before the change, ${shareOf(since)} after it.`]
      : []),
    '',
    'Next',
    `  Your own data    ${ownCommand('train')} --data FILE.csv --target COLUMN --positive CLASS`,
    `  Your own model   ${ownCommand('profile')} --data SCORED.csv --score COLUMN`,
    `  Two files        ${ownCommand('drift')} --reference OLD.csv --live NEW.csv --html drift.html`,
    ...(isBuilt ? [] : ['  Dashboards       docker compose up -d --wait, then npm run traffic -- --labels']),
  ];
}

function nameOf({ name }: Pick<Moved, 'name'>): string {
  return name === '(score)' ? 'the score' : name;
}

function shareOf({ outcomes, right }: Realised): string {
  return formatShare(right / outcomes);
}

export function formatSeconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}

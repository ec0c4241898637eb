import { type LiveDrift, variableDrift } from '../monitor/live-drift.ts';
import type { Monitor } from '../monitor/monitor.ts';
import { windowNames } from '../monitor/windows.ts';
import type { Pause } from '../times/pauses.ts';

/** One window, as it was when all of them were looked at. */
export type JudgedWindow = {
  readonly counts: Float64Array;
  /** What `liveDrift` gives of these counts. */
  readonly drifts: readonly LiveDrift[];
};

/**
 * Judges every variable in every window, in the order of `windowNames`, by the counts at the time of the call. Others get
 * turns of the event loop in between: hundreds of variables take tens of milliseconds.
 */
export async function driftInTurns(monitor: Monitor, pause: Pause): Promise<JudgedWindow[]> {
  const windows = windowNames.map((window) => ({
    counts: monitor.window(window),
    drifts: [] as LiveDrift[],
  }));
  for (const { counts, drifts } of windows) {
    for (const variable of monitor.variables) {
      drifts.push(variableDrift(variable, counts));
      await pause();
    }
  }
  return windows;
}

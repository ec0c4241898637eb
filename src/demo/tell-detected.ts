import type { DriftAnswer } from './ask-service.ts';
import { example } from './example.ts';
import { describeDetected, describeUnit } from './story.ts';

/**
 * Says that the change is detected, and which unit it looks like as soon as the service guesses one, which may take more
 * requests than detection does.
 *
 * @param answers since the change, until the end
 * @returns how long detection took; `undefined` if the end came first
 */
export async function tellDetected(
  answers: AsyncIterable<DriftAnswer>,
  tell: (lines: readonly string[]) => void,
): Promise<number | undefined> {
  const changedMs = performance.now();
  let detectedAfterMs: number | undefined;
  for await (const answer of answers) {
    const changed = answer.drifting.find(({ name }) => name === example.feature);
    if (changed === undefined) continue;
    if (detectedAfterMs === undefined) {
      detectedAfterMs = performance.now() - changedMs;
      tell(describeDetected(answer, detectedAfterMs));
    } else if (changed.unit !== null) {
      tell([describeUnit(changed.name, changed.unit)]);
    }
    if (changed.unit !== null) break;
  }
  return detectedAfterMs;
}

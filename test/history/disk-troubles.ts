import type { History } from './history.ts';

/** Times in which the disk had no room. */
export function diskTroubles({
  operations,
}: Pick<History, 'operations'>): readonly { fromMs: number; toMs: number }[] {
  const troubles: { fromMs: number; toMs: number }[] = [];
  for (const operation of operations) {
    if (operation.kind !== 'fault' || operation.what !== 'disk') continue;
    const { state, begunMs, endedMs = Number.POSITIVE_INFINITY } = operation;
    if (state === 'full') troubles.push({ fromMs: begunMs, toMs: Number.POSITIVE_INFINITY });
    else for (const trouble of troubles) trouble.toMs = Math.min(trouble.toMs, endedMs);
  }
  return troubles;
}

import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { SharedStore } from './shared-store.ts';
import type { SlotLine } from './slot.ts';
import type { Token } from './token.ts';

const chunkSize = 1000;
const retryMs = 2_000;

/** An outcome that is in the file, but of which it is not yet known whether this replica counts it. */
export type OpenClaim = {
  readonly token: Token;
  readonly place: SlotLine;
  readonly count: () => void;
};

/** Asks the shared store, as soon as it is available. */
export type ClaimSettler = {
  settle(claim: OpenClaim): void;
  isOpen(key: bigint): boolean;
  close(): void;
};

/** @param maxAgeMs age of a prediction from which its outcome may be forgotten */
export function createClaimSettler(
  shared: Pick<SharedStore, 'claim' | 'confirm'>,
  maxAgeMs: number,
): ClaimSettler {
  const open = new Map<bigint, OpenClaim>();
  const closing = new AbortController();
  let isRunning = false;

  function end(claim: OpenClaim, counts: boolean): void {
    open.delete(claim.token.key);
    if (counts) claim.count();
    // another replica counts it
    else claim.place.slot.leave(claim.place.line);
  }

  async function settleSome(some: readonly OpenClaim[]): Promise<void> {
    const states = await shared.claim(some.map(({ token }) => token.key));
    const claimed: OpenClaim[] = [];
    for (const [i, claim] of some.entries()) {
      if (states[i] === 'own') end(claim, true);
      else if (states[i] === 'confirmed') end(claim, false);
      else if (states[i] === 'claimed') claimed.push(claim);
    }
    if (claimed.length === 0) return;
    const confirmed = await shared.confirm(
      claimed.map(({ token }) => token.key),
      claimed.map(({ token }) => token.timeMs + maxAgeMs),
      // the process that takes over its slot next may not be the one that takes over this process's slot
      claimed.map(({ place }) => place.slot.owner),
    );
    for (const [i, claim] of claimed.entries()) end(claim, confirmed[i]);
  }

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    // those added in the same turn are sent together
    await nextTurn();
    while (!closing.signal.aborted) {
      const all = [...open.values()];
      try {
        for (let i = 0; i < all.length; i += chunkSize) await settleSome(all.slice(i, i + chunkSize));
      } catch {
        // the connection reports why; whatever could not be settled is tried again
      }
      if (open.size === 0) break;
      await delay(retryMs, undefined, { ref: false, signal: closing.signal }).catch(() => {});
    }
    isRunning = false;
  }

  return {
    settle(claim) {
      open.set(claim.token.key, claim);
      run();
    },
    isOpen: (key) => open.has(key),
    close: () => closing.abort(),
  };
}

import type { Prometheus } from './engines.ts';
import type { Stack } from './stack.ts';
import { until } from './until.ts';

export type Replicas = ReturnType<typeof createReplicas>;

/** The replicas of the service, as seen from outside and by Prometheus. */
export function createReplicas(stack: Stack, prometheus: Prometheus) {
  return {
    /** Where the first `count` of them are published. */
    urls: (count: number): Promise<string[]> =>
      Promise.all(Array.from({ length: count }, (_, i) => stack.url('app', 8000, i + 1))),

    /** Waits until Prometheus knows of `count` and no more, and has scraped each once more. */
    async scraped(count: number): Promise<void> {
      const from = new Date();
      await until(`a scrape of ${count} replicas`, 90, async () => {
        const targets = (await prometheus.targets()).filter(({ job }) => job === 'vigia');
        const fresh = targets.filter(({ health, lastScrape }) => health === 'up' && lastScrape > from);
        return fresh.length === count && targets.length === count ? true : undefined;
      });
    },
  };
}

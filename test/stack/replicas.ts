import type { Prometheus } from './engines.ts';
import type { Stack } from './stack.ts';
import { until } from './until.ts';

export type Replicas = ReturnType<typeof createReplicas>;

/** The replicas of the service, as seen from outside and by Prometheus; and when it has evaluated what they export. */
export function createReplicas(stack: Stack, prometheus: Prometheus) {
  return {
    /** Where the first `count` of them are published. */
    urls: (count: number): Promise<string[]> =>
      Promise.all(Array.from({ length: count }, (_, i) => stack.url('app', 8000, i + 1))),

    /** Waits until Prometheus knows of `count` and no more, and has scraped each once more. */
    async scraped(count: number): Promise<void> {
      const from = Date.now() / 1000;
      await until(`a scrape of ${count} replicas`, 90, async () => {
        const targets = (await prometheus.targets()).filter(({ job }) => job === 'vigia');
        // the list of targets shows a scrape before its samples can be queried
        const up = 'up{job="vigia"}';
        const fresh = await prometheus.query(`timestamp(${up}) > ${from} and ${up} == 1`);
        return fresh.length === count && targets.length === count ? true : undefined;
      });
    },

    /**
     * Waits until the rules have recorded all series of `selector` once more.
     *
     * @returns when: seconds since 1970
     */
    async recorded(selector: string): Promise<number> {
      const from = Date.now() / 1000;
      return until(`${selector} recorded`, 120, async () => {
        const [oldest] = await prometheus.query(`min(timestamp(${selector})) > ${from}`);
        return oldest?.values[0][1];
      });
    },
  };
}

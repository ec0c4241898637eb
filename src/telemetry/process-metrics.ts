import { instruments } from './instruments.ts';
import { counterData, gaugeData, type MetricSource } from './metric-data.ts';

const microsPerSecond = 1_000_000;

/** Clock, processor and memory of this process, read at each scrape. */
export const processMetrics: MetricSource = () => {
  const cpu = process.cpuUsage();
  return [
    gaugeData(instruments.wallClock, [{ attributes: {}, value: Date.now() / 1000 }]),
    gaugeData(instruments.processStart, [{ attributes: {}, value: performance.timeOrigin / 1000 }]),
    counterData(instruments.processCpu, [
      { attributes: { mode: 'user' }, value: cpu.user / microsPerSecond },
      { attributes: { mode: 'system' }, value: cpu.system / microsPerSecond },
    ]),
    gaugeData(instruments.processMemory, [{ attributes: {}, value: process.memoryUsage.rss() }]),
  ];
};

import type { JsonlWriter } from '../files/jsonl-writer.ts';
import { instruments } from './instruments.ts';
import type { LogDestination } from './log-destination.ts';
import { counterData, gaugeData, type MetricSource } from './metric-data.ts';

/** How many samples and log lines were written and lost. */
export function writerMetrics(samples: JsonlWriter, log: LogDestination): MetricSource {
  return () => [
    counterData(instruments.samplesWritten, [{ attributes: {}, value: samples.written }]),
    counterData(
      instruments.samplesDropped,
      Object.entries(samples.dropped).map(([reason, value]) => ({ attributes: { reason }, value })),
    ),
    counterData(instruments.logLinesDropped, [{ attributes: {}, value: log.droppedLines }]),
  ];
}

/** How clients read their answers, on both listeners. */
export function readerMetrics(readers: { readonly ended: number; unreadBytes(): number }): MetricSource {
  return () => [
    counterData(instruments.httpConnectionsEnded, [
      { attributes: { reason: 'slow_reader' }, value: readers.ended },
    ]),
    gaugeData(instruments.httpUnread, [{ attributes: {}, value: readers.unreadBytes() }]),
  ];
}

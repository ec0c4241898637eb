import assert from 'node:assert/strict';
import { createExportCounts, type ExportCounts } from '../../src/telemetry/export-counts.ts';
import { createExportReport } from '../../src/telemetry/export-report.ts';
import type { ExportOutcome } from '../../src/telemetry/otlp-exporter.ts';

import { createRecurringFaults } from '../../src/times/recurring-faults.ts';

const taken: ExportOutcome = { items: 8, rejected: 0, message: '', isForeign: false };
const refused: ExportOutcome = {
  items: 8,
  error: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
};
const rejected: ExportOutcome = { ...taken, rejected: 3, message: 'the quota is used up' };

describe('the report of exports', () => {
  let nowMs = 0;
  let counts: ExportCounts;
  let said: string[];
  let report: (outcome: ExportOutcome) => void;
  beforeEach(() => {
    nowMs = 0;
    counts = createExportCounts();
    said = [];
    report = createExportReport(
      counts,
      {
        signal: 'traces',
        url: 'http://collector:4318/v1/traces',
        format: 'http/json',
        headers: {},
        timeoutMillis: 2000,
        compression: 'none',
        tls: {},
      },
      { write: (_, level, message) => said.push(`${level} ${message}`) },
      createRecurringFaults(() => nowMs),
    );
  });

  it('reports a failure once, its end, and a later one', () => {
    report(refused);
    report(refused);
    report(taken);
    report(taken);
    assert.equal(said.length, 2);
    assert.match(said[0], /^warn spans are lost because .*nothing listens at collector:4318/);
    assert.equal(said[1], 'info spans are exported again');
    report(refused);
    assert.equal(said.length, 3);
    assert.deepEqual(counts, { exported: 16, queueFull: 0, exportFailed: 24, rejected: 0 });
  });

  it('reports each cause separately', () => {
    for (const outcome of [refused, rejected, { ...taken, isForeign: true }, rejected]) report(outcome);
    assert.equal(said.length, 3);
    assert.match(said[1], /rejects 3 of 8, saying: the quota is used up/);
  });

  it('does not fill the log if every second export fails', () => {
    for (let i = 0; i < 1000; i++) {
      report(i % 2 === 0 ? rejected : taken);
      nowMs += 50;
    }
    assert.equal(said.length, 10);
    assert.deepEqual([counts.exported, counts.rejected], [500 * 5 + 500 * 8, 1500]);
  });
});

import assert from 'node:assert/strict';
import { emptyResource } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter } from '@opentelemetry/sdk-logs';
import { readConfig } from '../../src/settings/config.ts';
import { createExportCounts } from '../../src/telemetry/export-counts.ts';
import { otlpOptions } from '../../src/telemetry/otlp-options.ts';
import { createLogSender } from '../../src/telemetry/send-logs.ts';

const line = JSON.stringify({
  level: 30,
  time: '2026-01-02T03:04:05Z',
  event: 'predict',
  key: 'a'.repeat(300),
});

/** The attributes of a line as it is sent. */
async function sentWith(env: Record<string, string>) {
  const config = readConfig({ OTEL_LOGS_EXPORTER: 'otlp', ...env });
  const exporter = new InMemoryLogRecordExporter();
  const options = otlpOptions(config, 'logs')!;
  const where = { exporter, resource: emptyResource() };
  const sender = createLogSender(config, options, where, createExportCounts(), assert.fail);
  // it would forget what it was given
  exporter.shutdown = async () => {};
  sender.send(line);
  await sender.shutdown();
  const [{ attributes }] = exporter.getFinishedLogRecords();
  return { length: String(attributes.key).length, count: Object.keys(attributes).length };
}

describe('a log line that is sent', () => {
  it('has attributes within the limits: those of log lines, otherwise the general ones, otherwise none', async () => {
    assert.deepEqual(await sentWith({}), { length: 300, count: 2 });
    const general = { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '100', OTEL_ATTRIBUTE_COUNT_LIMIT: '2' };
    assert.deepEqual(await sentWith(general), { length: 100, count: 2 });
    const own = { ...general, OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '10' };
    assert.deepEqual(await sentWith(own), { length: 10, count: 2 });
    const one = await sentWith({ ...general, OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '1' });
    assert.equal(one.count, 1);
  });
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Instrument } from '../../src/telemetry/instrument.ts';
import { instruments } from '../../src/telemetry/instruments.ts';
import { instrumentName } from '../../src/telemetry/prometheus-names.ts';
import { startOtlpSink } from '../support/otlp-sink.ts';
import { requirePythonEnvironment } from '../support/python-environment.ts';
import { postJson, root, startTestService } from '../support/service.ts';

type Series = { series: string; value: string; exemplar: Record<string, string> | null };
type Family = { name: string; type: string; unit: string; help: string; series: Series[] };

const programs = join(root, 'test/telemetry/programs');
const traced = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the reference parser of OpenMetrics', () => {
  let families: Family[];
  let text: Family[];

  before(async function () {
    const python = await requirePythonEnvironment(this, join(root, 'test/telemetry/requirements.txt'));
    const parse = (format: string, input: string): Family[] => {
      const { stdout, stderr } = spawnSync(python, [join(programs, 'parse-metrics.py'), format], {
        input,
        encoding: 'utf8',
        maxBuffer: 64 << 20,
      });
      assert.equal(stderr, '');
      return JSON.parse(stdout);
    };
    const sink = await startOtlpSink();
    const service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: sink.url });
    try {
      const row = { age: 300, limit: -5, history: 'never seen' };
      await postJson(`${service.api}/predict`, row, { traceparent: `00-${traced}-00f067aa0ba902b7-01` });
      const scrape = async (accept: string) =>
        (await fetch(`${service.admin}/metrics`, { headers: { accept } })).text();
      const [one, other] = await Promise.all(['application/openmetrics-text', 'text/plain'].map(scrape));
      families = parse('openMetrics', one);
      text = parse('text', other);
    } finally {
      await service.stop();
      sink.close();
    }
  });

  it('finds each metric of the table, with its type, its unit and its description', () => {
    const found = new Map(families.map((family) => [family.name, family]));
    const units: Record<string, string> = { s: 'seconds', By: 'bytes' };
    const { featureValue, ...others } = instruments;
    for (const instrument of Object.values<Instrument>(others)) {
      const { type, unit, description } = instrument;
      const name = instrumentName(instrument);
      const isOurs = !/^(v8js|nodejs)_/.test(name);
      const family = found.get(name.replace(/_(total|info)$/, ''));
      // garbage may not have been collected yet, nor the event loop's delay measured
      if (family === undefined && !isOurs) continue;
      assert.ok(family, name);
      assert.equal(family.type, name.endsWith('_info') ? 'info' : type, name);
      assert.equal(family.unit, units[unit] ?? (name.endsWith('_ratio') ? 'ratio' : ''), name);
      if (isOurs) assert.equal(family.help, description);
    }
  });

  it('accepts negative values, for which OpenMetrics has no histogram', () => {
    const name = instrumentName(instruments.featureValue);
    const types = ['bucket', 'sum', 'count'].map(
      (kind) => families.find((one) => one.name === `${name}_${kind}`)?.type,
    );
    assert.deepEqual(types, Array(3).fill('unknown'));
  });

  it('reads the same series from it as from Prometheus text', () => {
    const seriesOf = (some: Family[]) =>
      some
        .flatMap(({ series }) => series.map((one) => one.series))
        // what Node.js tells of itself differs from one scrape to the next
        .filter((name) => !/^(v8js|nodejs)_/.test(name))
        .sort();
    assert.ok(seriesOf(families).length > 400);
    assert.deepEqual(seriesOf(families), seriesOf(text));
  });

  it('finds the exemplars', () => {
    const exemplars = families.flatMap(({ series }) =>
      series.flatMap(({ exemplar }) => (exemplar ? [exemplar] : [])),
    );
    assert.deepEqual(exemplars, Array(6).fill({ trace_id: traced }));
  });
});

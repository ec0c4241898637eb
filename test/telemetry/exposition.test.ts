import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Instrument } from '../../src/telemetry/instrument.ts';
import { instruments } from '../../src/telemetry/instruments.ts';
import { labelName } from '../../src/telemetry/prometheus-labels.ts';
import { instrumentName } from '../../src/telemetry/prometheus-names.ts';
import { scrape } from '../support/load.ts';
import { eventually, postJson, seriesValue, startTestService, type TestService } from '../support/service.ts';
import { requireTool } from '../support/tools.ts';

/** The families of an exposition: name, type and the labels of all their series. */
function families(text: string): Map<string, { type: string; labels: Set<string> }> {
  const found = new Map<string, { type: string; labels: Set<string> }>();
  for (const [, name, type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
    found.set(name, { type, labels: new Set() });
  for (const [, series, labels = ''] of text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/gm)) {
    const family = found.get(series) ?? found.get(series.replace(/_(bucket|sum|count)$/, ''));
    assert.ok(family, `${series} has no TYPE`);
    for (const [, label] of labels.matchAll(/(\w+)="/g)) if (label !== 'le') family.labels.add(label);
  }
  return found;
}

describe('the exposition', () => {
  let service: TestService;
  let first: string;
  let later: string;

  before(async () => {
    service = await startTestService({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    first = await scrape(service);
    await postJson(`${service.api}/predict`, { age: 30, limit: 2000, history: 'good' });
    await postJson(`${service.api}/predict`, { age: 300, limit: -5, history: 'never seen' });
    await postJson(`${service.api}/predict`, {});
    later = await eventually(async () => {
      const text = await scrape(service);
      // the event loop's delay is only exposed once it has been measured a few times
      assert.match(text, /^nodejs_eventloop_delay_min_seconds /m);
      return text;
    });
  });
  after(() => service.stop());

  it('is free of promtool’s complaints', function () {
    const promtool = requireTool(this, 'promtool');
    const { status, stdout, stderr } = spawnSync(promtool, ['check', 'metrics'], {
      input: later,
      encoding: 'utf8',
    });
    assert.equal(stdout + stderr, '');
    assert.equal(status, 0);
  });

  it('holds nothing that is not in the instrument table, with the type and labels the table states', () => {
    const table = new Map<string, Instrument>(
      Object.values(instruments).map((one) => [instrumentName(one), one]),
    );
    for (const [name, { type, labels: found }] of families(later)) {
      if (name === 'target_info') continue;
      const instrument = table.get(name);
      assert.ok(instrument, `${name} is not in the table`);
      assert.equal(type, instrument.type, name);
      const known = instrument.attributes.map(labelName);
      for (const label of found) assert.ok(known.includes(label), `${name} has a label ${label}`);
    }
  });

  it('holds everything that is in the table', () => {
    const found = families(later);
    // no garbage may have been collected yet
    const sometimes = new Set<string>([instrumentName(instruments.gcDuration)]);
    const absent = Object.values(instruments)
      .map(instrumentName)
      .filter((name) => !found.has(name) && !sometimes.has(name));
    assert.deepEqual(absent, []);
  });

  it('starts every count of the model and of its route at 0', () => {
    const predictions = first.match(/^model_predictions_total\{.*\} (\S+)$/gm) ?? [];
    assert.equal(predictions.length, 2);
    const bins = first.match(/^model_feature_bin_observations_total\{.*\} (\S+)$/gm) ?? [];
    assert.ok(bins.length > 20);
    for (const line of [...predictions, ...bins]) assert.match(line, / 0$/);
    const labels = { http_route: '/predict', http_response_status_code: '200' };
    assert.equal(seriesValue(first, 'http_server_request_duration_seconds_count', labels), 0);
    assert.equal(seriesValue(first, 'model_input_rejected_total', { feature: 'age', reason: 'missing' }), 0);
  });

  it('has counted what was sent, sampled or not', () => {
    const labels = { http_route: '/predict', http_response_status_code: '200' };
    assert.equal(seriesValue(later, 'http_server_request_duration_seconds_count', labels), 2);
    assert.equal(seriesValue(later, 'model_feature_value_count', { feature: 'age' }), 2);
    assert.equal(seriesValue(later, 'model_feature_value_sum', { feature: 'age' }), 330);
    assert.equal(
      seriesValue(later, 'model_feature_outside_range_total', { feature: 'age', side: 'above' }),
      1,
    );
    assert.equal(
      seriesValue(later, 'model_feature_outside_range_total', { feature: 'limit', side: 'below' }),
      1,
    );
    assert.equal(seriesValue(later, 'model_inputs_refused_total'), 1);
    assert.equal(seriesValue(later, 'model_input_rejected_total', { feature: 'age', reason: 'missing' }), 1);
    assert.equal(
      seriesValue(later, 'model_feature_bin_observations_total', { feature: 'history', bin: 'unseen' }),
      1,
    );
  });

  it('states the reference as shares that sum to 1', () => {
    for (const feature of ['age', 'limit', 'history', '(score)']) {
      const shares = [...later.matchAll(/^model_feature_reference_ratio\{(.*)\} (\S+)$/gm)].filter(
        ([, labels]) => labels.includes(`feature="${feature}"`),
      );
      const sum = shares.reduce((total, [, , value]) => total + Number(value), 0);
      assert.ok(Math.abs(sum - 1) < 1e-12, `${feature}: ${sum}`);
      assert.equal(seriesValue(later, 'model_feature_reference_samples', { feature }), 1000);
    }
  });
});

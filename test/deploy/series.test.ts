import assert from 'node:assert/strict';
import { postJson, startTestService, type TestService } from '../support/service.ts';

/** The series of a feature in the exposition, and its bins. */
function seriesOf(exposition: string, feature: string): { series: string[]; bins: number } {
  const series = exposition.split('\n').filter((line) => line.includes(`feature="${feature}"`));
  const bins = series.filter((line) => line.startsWith('model_feature_bin_observations_total')).length;
  return { series, bins };
}

describe('the series of a feature, as docs/operating.md states them', () => {
  let service: TestService;
  let exposition: string;

  before(async () => {
    service = await startTestService();
    await postJson(`${service.api}/predict`, { age: 30, limit: 2000, history: 'good' });
    exposition = await (await fetch(`${service.admin}/metrics`)).text();
  });
  after(() => service?.stop());

  it('are 4·b + 29 of a number, and 3·b + 14 of a category', () => {
    const own = (feature: string) => {
      const { series, bins } = seriesOf(exposition, feature);
      return {
        bins,
        series: series.filter((line) => !/^model_(segment|feature_bin_(predictions|outcomes))_/.test(line)),
      };
    };
    for (const [feature, perBin, besides] of [
      ['limit', 4, 29],
      ['age', 4, 29],
      ['history', 3, 14],
    ] as const) {
      const { series, bins } = own(feature);
      assert.ok(bins > 3);
      assert.equal(series.length, perBin * bins + besides, feature);
    }
  });

  it('are 6·b more of a protected feature, and 2·b + 1 more of a number in each segment', () => {
    const { series, bins } = seriesOf(exposition, 'age');
    const count = (pattern: RegExp) => series.filter((line) => pattern.test(line)).length;
    assert.equal(count(/^model_feature_bin_(predictions|outcomes)_total/), 6 * bins);
    const segments = count(/^model_segment_reference_samples/);
    assert.ok(segments > 1);
    assert.equal(count(/^model_segment_/), segments * (2 * bins + 1));
  });
});

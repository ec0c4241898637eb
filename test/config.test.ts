import assert from 'node:assert/strict';
import { ConfigError, readConfig, settings } from '../src/config.ts';

describe('the settings', () => {
  it('have defaults that are valid', () => {
    const config = readConfig({});
    assert.equal(config.PORT, 8000);
    assert.equal(config.HOST, '127.0.0.1');
    assert.equal(config.ADMIN_HOST, '127.0.0.1');
    assert.equal(config.OUTCOME_KEYS, undefined);
  });
  it('take an empty variable for none', () => assert.equal(readConfig({ PORT: ' ' }).PORT, 8000));
  it('do not let a replica’s name leave its folder', () => {
    for (const SERVICE_INSTANCE of ['../x', '..', '.x', 'a/b', 'a'.repeat(65)]) {
      assert.throws(() => readConfig({ SERVICE_INSTANCE }), ConfigError);
    }
    assert.equal(readConfig({ SERVICE_INSTANCE: 'a-1.x_y' }).SERVICE_INSTANCE, 'a-1.x_y');
  });
  it('name the variable at fault, its value and what it may be', () => {
    for (const [name, value, message] of [
      ['API_METRICS', 'yes', 'must be true or false'],
      ['PORT', 'http', 'must be a number'],
      ['PORT', '1.5', 'must be a whole number'],
      ['PORT', '-1', 'must be at least 0'],
      ['PORT', '65536', 'must be at most 65535'],
      ['SAMPLES_MAX_AGE_DAYS', '0', 'must be above 0'],
    ] as const) {
      const expected = { message: `${name}=${value}: ${message}` };
      assert.throws(() => readConfig({ [name]: value }), expected);
    }
  });
  it('never repeat a secret', () => {
    assert.throws(() => readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'user:hunter2@host:4318' }), {
      message: 'OTEL_EXPORTER_OTLP_ENDPOINT: must be an address such as http://host:4318',
    });
    for (const [name, setting] of Object.entries(settings)) {
      if (!('secret' in setting)) continue;
      try {
        readConfig({ [name]: 'not-a-url-but-hunter2' });
      } catch (error) {
        assert.doesNotMatch((error as Error).message, /hunter2/);
      }
    }
  });
});

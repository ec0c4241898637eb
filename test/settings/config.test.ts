import assert from 'node:assert/strict';
import { ConfigError, readConfig, settings } from '../../src/settings/config.ts';

describe('the settings', () => {
  it('have defaults that are valid', () => {
    const config = readConfig({});
    assert.equal(config.PORT, 8000);
    assert.equal(config.HOST, '127.0.0.1');
    assert.equal(config.ADMIN_HOST, '127.0.0.1');
    assert.equal(config.OUTCOME_KEYS, undefined);
  });
  it('treat an empty variable as unset', () => assert.equal(readConfig({ PORT: ' ' }).PORT, 8000));
  it('do not let a replica’s name leave its folder', () => {
    for (const SERVICE_INSTANCE of ['../x', '..', '.x', 'a/b', 'a'.repeat(65)]) {
      assert.throws(() => readConfig({ SERVICE_INSTANCE }), ConfigError);
    }
    assert.equal(readConfig({ SERVICE_INSTANCE: 'a-1.x_y' }).SERVICE_INSTANCE, 'a-1.x_y');
  });
  it('treat a shadow that is named twice as one', () => {
    assert.deepEqual(readConfig({ SHADOW_MODELS: 'a, b,a' }).SHADOW_MODELS, ['a', 'b']);
  });
  it('name the invalid variable, its value and what is allowed', () => {
    for (const [name, value, message] of [
      ['API_METRICS', 'yes', 'must be true or full or false'],
      ['MODEL_PATH', ', ,', 'must name a model file, a folder or a pattern'],
      ['PORT', 'http', 'must be a number'],
      ['PORT', '1.5', 'must be a whole number'],
      ['PORT', '-1', 'must be at least 0'],
      ['PORT', '65536', 'must be at most 65535'],
      ['KEEP_ALIVE_TIMEOUT_MS', '650001', 'must be at most 650000'],
      ['SAMPLES_MAX_AGE_DAYS', '0', 'must be above 0'],
      ['SHUTDOWN_TIMEOUT_MS', '99', 'must be at least 100'],
      ['SHUTDOWN_TIMEOUT_MS', '2147483648', 'must be at most 2147483647'],
    ] as const) {
      const expected = { message: `${name}=${value}: ${message}` };
      assert.throws(() => readConfig({ [name]: value }), expected);
    }
  });
  it('of OpenTelemetry that the service cannot follow are refused by name', () => {
    for (const [name, value, message] of [
      [
        'OTEL_PROPAGATORS',
        'jaeger',
        /^OTEL_PROPAGATORS=jaeger: jaeger is not supported: must be .*xray or none$/,
      ],
      ['OTEL_PROPAGATORS', 'tracecontext, ottrace', /ottrace is not supported/],
      ['OTEL_PROPAGATORS', ' , ', /^OTEL_PROPAGATORS=,: must be .*xray or none$/],
      ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', /^OTEL_EXPORTER_OTLP_PROTOCOL=grpc: must be http\/json or /],
      ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc', /HTTP/],
      [
        'OTEL_METRICS_EXPORTER',
        'otlp,console',
        /^OTEL_METRICS_EXPORTER=otlp,console: console is not supported/,
      ],
      [
        'OTEL_LOGS_EXPORTER',
        'otlp/stdout',
        /^OTEL_LOGS_EXPORTER=otlp\/stdout: otlp\/stdout is not supported/,
      ],
      ['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', 'delta', /must be cumulative: counts are/],
      ['OTEL_ENTITIES', 'service{service.name=x}', /^OTEL_ENTITIES: .*OTEL_RESOURCE_ATTRIBUTES/],
      ['OTEL_TRACES_EXPORTER', 'otlp,console', /must be otlp or none/],
      ['OTEL_TRACES_SAMPLER', 'jaeger_remote', /must be always_on or /],
      ['OTEL_TRACES_SAMPLER_ARG', 'half', /must be a number/],
      ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', /must be none or gzip/],
      ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '3000000000', /must be at most 2147483647/],
      ['OTEL_BSP_MAX_QUEUE_SIZE', '0', /must be at least 1/],
      ['OTEL_SDK_DISABLED', 'yes', /must be true or false/],
      ['OTEL_LOG_LEVEL', 'loud', /must be none or error/],
      ['OTEL_CONFIG_FILE', '/etc/otel.yaml', /^OTEL_CONFIG_FILE: configuration files are not supported/],
      ['OTEL_RESOURCE_ATTRIBUTES', 'team=risk,owner', /team=risk,owner: item 2 must be name=value/],
      ['OTEL_RESOURCE_ATTRIBUTES', '=risk', /item 1 must be name=value/],
      ['OTEL_RESOURCE_ATTRIBUTES', 'share=50%', /item 1 has a %/],
    ] as const) {
      assert.throws(() => readConfig({ [name]: value }), { name: 'Error', message }, `${name}=${value}`);
    }
  });
  it('of OpenTelemetry are accepted in any case, and without surrounding white space', () => {
    const config = readConfig({
      OTEL_TRACES_SAMPLER: '\u00a0TraceIdRatio\r',
      OTEL_PROPAGATORS: ' B3 ,TraceContext,b3\t',
      OTEL_SDK_DISABLED: 'True',
      OTEL_RESOURCE_ATTRIBUTES: ' a = b%20c , d=e=f,,',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'HTTP/Protobuf',
    });
    assert.equal(config.OTEL_TRACES_SAMPLER, 'traceidratio');
    assert.deepEqual(config.OTEL_PROPAGATORS, ['b3', 'tracecontext']);
    assert.equal(config.OTEL_SDK_DISABLED, true);
    assert.deepEqual(config.OTEL_RESOURCE_ATTRIBUTES, { a: 'b c', d: 'e=f' });
    assert.equal(config.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL, 'http/protobuf');
  });
  it('never repeat a header, which may be a password', () => {
    for (const value of [
      'hunter2',
      'a=b,hunter2',
      'authorization=100%hunter2',
      'a=hunter2%0Ab',
      'hunter 2=a',
    ]) {
      assert.throws(
        () => readConfig({ OTEL_EXPORTER_OTLP_HEADERS: value }),
        (error: Error) =>
          /^OTEL_EXPORTER_OTLP_HEADERS: item \d /.test(error.message) && !error.message.includes('hunter'),
      );
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

  const undecodable =
    'has a % in its user or password that begins no encoded character: write %25 for a percent sign';
  const stores = 'must be an address such as redis://host:6379 or redis://host:6379/1';
  const collectors = 'must be an address such as http://host:4318';
  for (const [name, text, message] of [
    ['OUTCOME_DEDUP_URL', 'redis://:100%@h', undecodable],
    ['OUTCOME_DEDUP_URL', 'redis://user:p%zz@h:6379', undecodable],
    ['OUTCOME_DEDUP_URL', 'redis://%ff:p@h', undecodable],
    ['OUTCOME_DEDUP_URL', 'redis://h/abc', stores],
    ['OUTCOME_DEDUP_URL', 'redis://h/1/2', stores],
    ['OUTCOME_DEDUP_URL', 'redis://h:99999', stores],
    ['OUTCOME_DEDUP_URL', 'redis://', stores],
    ['OUTCOME_DEDUP_URL', 'http://h', stores],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://user:p%zz@h', undecodable],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://', collectors],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'https://:100%@h/v1/traces', undecodable],
  ] as const) {
    it(`refuse ${text} as ${name} without repeating it`, () => {
      assert.throws(() => readConfig({ [name]: text }), { message: `${name}: ${message}` });
    });
  }

  it('accept the addresses of stores with a user, a password and a database', () => {
    for (const text of ['redis://h', 'rediss://h/', 'redis://user:p%40ss@h:6379/15', 'redis://[::1]:6379']) {
      assert.equal(readConfig({ OUTCOME_DEDUP_URL: text }).OUTCOME_DEDUP_URL, text);
    }
  });

  it('accept host names in any case, script and number, and nothing around them', () => {
    const { ALLOWED_HOSTS } = readConfig({ ALLOWED_HOSTS: 'Api.Example., bücher.example,api' });
    assert.deepEqual(ALLOWED_HOSTS, ['api.example', 'xn--bcher-kva.example', 'api']);
    for (const item of [
      'http://a.example',
      'a.example:80',
      'a.example/b',
      '*.a.example',
      'u@a.example',
      'a b',
    ]) {
      assert.throws(() => readConfig({ ALLOWED_HOSTS: `ok.example,${item}` }), {
        message: `ALLOWED_HOSTS=ok.example,${item}: ${item} is not a host name: write it without scheme, port, path or *`,
      });
    }
  });
});

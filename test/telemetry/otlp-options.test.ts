import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/settings/config.ts';
import { describeExportError } from '../../src/telemetry/export-problems.ts';
import { otelNotices } from '../../src/telemetry/otel-notices.ts';
import { otlpOptions, secretsOf, whyOff } from '../../src/telemetry/otlp-options.ts';
import { requireTool } from '../support/tools.ts';

const endpoint = 'https://collector:4318';
const optionsOf = (env: Record<string, string>) =>
  otlpOptions(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env }), 'traces');

describe('the address that spans are sent to', () => {
  for (const [address, url] of [
    ['http://collector:4318', 'http://collector:4318/v1/traces'],
    ['http://collector:4318/', 'http://collector:4318/v1/traces'],
    ['http://collector/base//', 'http://collector/base/v1/traces'],
    ['http://collector/base?tenant=7', 'http://collector/base/v1/traces?tenant=7'],
    ['http://user:pass@collector', 'http://user:pass@collector/v1/traces'],
  ]) {
    it(`is made of ${address}`, () =>
      assert.equal(optionsOf({ OTEL_EXPORTER_OTLP_ENDPOINT: address })?.url, url));
  }

  for (const [name, value] of [
    ['OTEL_SDK_DISABLED', 'TRUE'],
    ['OTEL_TRACES_EXPORTER', 'none'],
    ['OTEL_TRACES_SAMPLER', 'always_off'],
  ]) {
    it(`is none with ${name}=${value}, and the start says why`, () => {
      assert.equal(optionsOf({ [name]: value }), undefined);
      assert.match(
        whyOff(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, [name]: value })) ?? '',
        new RegExp(`^${name} is `),
      );
    });
  }

  for (const [env, notice] of [
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/v1/traces' }, /omit it/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' }, /4317, on which Collectors expect gRPC/],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4317/v1/traces' }, /^OTEL_EXPORTER_OTLP_TRACES_/],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318' }, /has no path/],
  ] as [Record<string, string>, RegExp][]) {
    it(`is doubted when it is ${Object.values(env)}`, () => {
      const notices = otelNotices(readConfig(env), env);
      assert.equal(notices.length, 1);
      assert.match(notices[0], notice);
    });
  }

  it('is not doubted when it is as it should be', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317/v1/traces',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/v1/traces',
    };
    assert.deepEqual(otelNotices(readConfig(env), env), []);
  });

  it('is doubted for metrics alone, if only they go there', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:4318/v1/traces',
      OTEL_METRICS_EXPORTER: 'otlp',
    };
    assert.match(otelNotices(readConfig(env), env).join(), /^OTEL_EXPORTER_OTLP_ENDPOINT names port 4317/);
  });
});

describe('certificates and keys of exports', () => {
  let folder: string;
  const path = (name: string) => join(folder, name);

  before(async function () {
    const openssl = requireTool(this, 'openssl');
    folder = await mkdtemp(join(tmpdir(), 'vigia-pem-'));
    for (const name of ['a', 'b']) {
      execFileSync(
        openssl,
        ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'].concat([
          '-keyout',
          path(`${name}.key`),
          '-out',
          path(`${name}.pem`),
          '-subj',
          `/CN=${name}`,
        ]),
        { stdio: 'ignore' },
      );
    }
    await writeFile(path('text'), 'no certificate');
    await writeFile(
      path('torn.pem'),
      '-----BEGIN CERTIFICATE-----\nMIIBhTCCASugAwIBAgIQ\n-----END CERTIFICATE-----\n',
    );
  });
  after(async () => {
    if (folder) await rm(folder, { recursive: true });
  });

  it('are read from their files, those for traces first', () => {
    const tls = optionsOf({
      OTEL_EXPORTER_OTLP_CERTIFICATE: path('text'),
      OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE: path('a.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: path('b.pem'),
      OTEL_EXPORTER_OTLP_CLIENT_KEY: path('b.key'),
    })?.tls;
    assert.match(String(tls?.ca), /^-----BEGIN CERTIFICATE/);
    assert.notDeepEqual(tls?.ca, tls?.cert);
    assert.match(String(tls?.key), /^-----BEGIN .*PRIVATE KEY/);
  });

  for (const [what, env, message] of [
    [
      'a file that is not there',
      { CERTIFICATE: 'nowhere.pem' },
      /CERTIFICATE=.*nowhere\.pem: cannot be read: ENOENT/,
    ],
    [
      'a file that is none',
      { CERTIFICATE: 'text' },
      /CERTIFICATE=.*text: contains no certificate in PEM format/,
    ],
    [
      'a key for a CA',
      { CERTIFICATE: 'a.key' },
      /CERTIFICATE=.*a\.key: contains no certificate in PEM format/,
    ],
    [
      'a CA that is torn',
      { CERTIFICATE: 'torn.pem' },
      /CERTIFICATE=.*torn\.pem: contains no certificate in PEM format/,
    ],
    [
      'a key for a certificate',
      { CLIENT_CERTIFICATE: 'a.key', CLIENT_KEY: 'a.key' },
      /CLIENT_CERTIFICATE=.*no certificate/,
    ],
    [
      'a certificate for a key',
      { CLIENT_CERTIFICATE: 'a.pem', CLIENT_KEY: 'a.pem' },
      /CLIENT_KEY=.*no private key/,
    ],
    ['a certificate without its key', { CLIENT_CERTIFICATE: 'a.pem' }, /belong together/],
    [
      'the key of another',
      { CLIENT_CERTIFICATE: 'a.pem', CLIENT_KEY: 'b.key' },
      /does not belong to the certificate/,
    ],
  ] as [string, Record<string, string>, RegExp][]) {
    it(`are refused by name: ${what}`, () => {
      const entries = Object.entries(env).map(([name, file]) => [`OTEL_EXPORTER_OTLP_${name}`, path(file)]);
      assert.throws(() => optionsOf(Object.fromEntries(entries)), { message });
    });
  }
});

describe('the secrets of exports', () => {
  it('are the values of headers and the secret parts of the address, in any form', () => {
    const options = optionsOf({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://user%40x:pass%2Fword@collector/?token=abcdef',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20hunter2,x-n=1',
    });
    assert.ok(options);
    const secrets = secretsOf(options);
    for (const secret of [
      'hunter2',
      'Bearer hunter2',
      'Bearer%20hunter2',
      'user@x',
      'pass/word',
      'pass%2Fword',
      'token=abcdef',
    ]) {
      assert.ok(secrets.includes(secret), secret);
    }
    assert.ok(secrets.includes(Buffer.from('user@x:pass/word').toString('base64')));
    for (const word of ['1', 'Bearer']) assert.ok(!secrets.includes(word), word);
  });
});

describe('an error of an export in words', () => {
  const errorOf = (code: string | number | undefined, message = '') =>
    Object.assign(new Error(message), { code });
  for (const [error, kind, text] of [
    [errorOf('ENOTFOUND', 'getaddrinfo ENOTFOUND collector'), 'ENOTFOUND', /name collector is not known/],
    [errorOf('EHOSTUNREACH'), 'EHOSTUNREACH', /collector:4318 cannot be reached/],
    [errorOf('CERT_HAS_EXPIRED', 'certificate has expired'), 'CERT_HAS_EXPIRED', /has expired/],
    [errorOf('ERR_TLS_CERT_ALTNAME_INVALID'), 'ERR_TLS_CERT_ALTNAME_INVALID', /another name/],
    [errorOf('ERR_SSL_WRONG_VERSION_NUMBER'), 'ERR_SSL_WRONG_VERSION_NUMBER', /does it use plain http/],
    [errorOf('EPROTO'), 'EPROTO', /does it use plain http/],
    [errorOf('HPE_INVALID_CONSTANT'), 'HPE_INVALID_CONSTANT', /gRPC is on port 4317/],
    [errorOf('ECONNRESET'), 'ECONNRESET', /does it expect https/],
    [errorOf(301, 'Moved Permanently'), '301', /redirects to/],
    [errorOf(415, 'Unsupported Media Type'), '415', /OTEL_EXPORTER_OTLP_PROTOCOL/],
    [errorOf(undefined, 'Export failed with retryable status'), 'retryable', /429, 502, 503 or 504/],
    [errorOf(undefined, 'something else'), 'something else', /^something else$/],
    [new Error('fetch failed', { cause: errorOf('ECONNREFUSED') }), 'ECONNREFUSED', /nothing listens/],
  ] as [Error, string, RegExp][]) {
    it(`says what ${kind} means, without credentials`, () => {
      const problem = describeExportError(error, {
        signal: 'traces',
        url: 'https://user:hunter2@collector:4318/v1/traces?token=hunter2',
        timeoutMillis: 2000,
      });
      assert.equal(problem.kind, kind);
      assert.match(problem.text, text);
      assert.doesNotMatch(problem.text, /hunter2|user/);
    });
  }
});

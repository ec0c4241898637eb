import assert from 'node:assert/strict';
import { readHost } from '../../src/settings/host-name.ts';

describe('a host in a header or a URL', () => {
  const hosts: [string, string][] = [
    ['localhost:8000', 'localhost'],
    ['API.Example.', 'api.example'],
    ['api.example:', 'api.example'],
    ['service_2', 'service_2'],
    ['127.0.0.1:9464', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['[::1]:80', '[::1]'],
    ['[0:0:0:0:0:0:0:1]', '[::1]'],
    ['evil%2Eexample', 'evil.example'],
    ["!$&'()*+,;=", "!$&'()*+,;="],
    // a name of the grammar that no URL takes
    ['xn--a.example', 'xn--a.example'],
    ['', ''],
    [':80', ''],
  ];
  for (const [text, host] of hosts) {
    it(`is read from ${JSON.stringify(text)}`, () => assert.equal(readHost(text), host));
  }

  const invalid = [
    ...['a b', ' a', 'a, b', 'a/b', 'a?b', 'a#b', 'user@a', 'http://a', 'a\\b', '<a>', '"a"', 'ä'],
    ...['a:b', 'a:80:80', '::1', '[::1', '[::1]x', '[::g]', '[1]', '[::1%25eth0]', 'a%', 'a%zz'],
  ];
  for (const text of invalid) {
    it(`is not read from ${JSON.stringify(text)}`, () => assert.equal(readHost(text), undefined));
  }

  it('may be as long as a DNS name, percent-encoded, and is not read if it is longer', () => {
    const name = `${'a'.repeat(63)}.`.repeat(4).slice(0, 253);
    assert.equal(readHost(name.replaceAll('a', '%61')), name);
    assert.equal(readHost(`${name}.:65535`), name);
    for (const part of ['a', 'a.', '%61', '%CC%81', '%E4%B8%80', '[', '1']) {
      assert.equal(readHost(part.repeat(1_001)), undefined, part);
    }
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { requireTool } from '../support/tools.ts';

/** Runs `.ci/audit` with a registry that answers the question for advisories in one way, and knows nothing else. */
async function audit(bash: string, status: number, advisories: object) {
  const registry = createServer((request, response) => {
    request.resume();
    const isAsked = request.method === 'POST' && request.url?.endsWith('/advisories/bulk');
    response.writeHead(isAsked ? status : 404, { 'content-type': 'application/json' });
    response.end(isAsked ? JSON.stringify(advisories) : '{}');
  }).listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const { port } = registry.address() as AddressInfo;
  const env = { ...process.env, npm_config_registry: `http://127.0.0.1:${port}/` };
  try {
    const { stdout } = await promisify(execFile)(bash, ['.ci/audit'], { env });
    return { code: 0, stdout };
  } catch (error) {
    return error as { code: number; stdout: string };
  } finally {
    registry.close();
  }
}

describe('.ci/audit', () => {
  it('fails when what runs has a known vulnerability, and says which', async function () {
    const advisory = {
      id: 1,
      url: 'https://registry.example/advisories/1',
      title: 'answers twice',
      severity: 'high',
      vulnerable_versions: '*',
    };
    const { code, stdout } = await audit(requireTool(this, 'bash'), 200, { koa: [advisory] });
    assert.equal(code, 1);
    assert.match(stdout, /answers twice - https:\/\/registry\.example\/advisories\/1/);
  });

  it('passes when none is known', async function () {
    const { code, stdout } = await audit(requireTool(this, 'bash'), 200, {});
    assert.equal(code, 0);
    assert.match(stdout, /^known vulnerabilities of what runs: nothing found$/m);
  });

  it('treats a missing answer neither as a good one nor as a bad one', async function () {
    const { code, stdout } = await audit(requireTool(this, 'bash'), 405, {});
    assert.equal(code, 0);
    assert.match(stdout, /^known vulnerabilities of what runs: NOT ASKED: the registry gives no answer$/m);
    assert.match(stdout, /^signatures: NOT ASKED: the registry gives no answer$/m);
    assert.doesNotMatch(stdout, /nothing found/);
  });
});

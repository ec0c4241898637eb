import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { installExample } from '../support/example.ts';
import { postJson, seriesValue } from '../support/service.ts';

describe('the example with Fastify and ONNX', () => {
  it('profiles, predicts, counts its answers and sees drift, from a clean folder', async function () {
    await using example = await installExample(this, 'fastify-onnx');
    const options = { cwd: example.folder, env: { ...process.env, PORT: '0' } };
    const { stdout } = await promisify(execFile)('npm', ['run', 'profile'], options);
    assert.match(stdout, /written +models\/credit\.json/);
    const server = spawn(process.execPath, ['server.js'], {
      ...options,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      const [line] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
      const [url] = /http:\S+/.exec(line) ?? assert.fail(line);
      const row = { income: 2100.5, age: 44, tenure: 3.3, employment: 'employed', city: 'Porto' };
      const { body } = await postJson(`${url}/credit`, row);
      assert.ok(Math.abs(body.p_bad - 0.2033) < 1e-3);
      for (const age of ['old', 44.5, undefined]) {
        assert.equal((await postJson(`${url}/credit`, { ...row, age })).status, 400);
      }
      for (let i = 0; i < 199; i++) {
        const { status } = await postJson(`${url}/credit`, { ...row, income: 9_000_000, tenure: null });
        assert.equal(status, 200);
      }
      const text = await (await fetch(`${url}/metrics`)).text();
      const predictions = ['good', 'bad'].map((prediction) =>
        seriesValue(text, 'model_predictions_total', { prediction }),
      );
      assert.equal((predictions[0] ?? 0) + (predictions[1] ?? 0), 200);
      const drift = (await (await fetch(`${url}/drift`)).json()) as { name: string; verdict: string }[];
      assert.equal(drift.find(({ name }) => name === 'income')?.verdict, 'drifting');
    } finally {
      server.kill();
      await once(server, 'exit');
    }
  });
});

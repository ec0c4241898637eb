import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { statefulSet } from '../../deploy/kubernetes/manifests.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import { createConfigMapVolume } from '../deploy/support/config-map-volume.ts';
import { withIntercept } from '../support/model-parts.ts';
import { eventually, postJson, root } from '../support/service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { requireTool } from '../support/tools.ts';

const row = { age: 30, limit: 2000, history: 'good' };
const spec = statefulSet.spec!.template.spec!;
const [container] = spec.containers;

/** What Docker has to be told so that a container runs as Kubernetes would run the pod. */
function asDocker(folders: Readonly<Record<string, string>>): string[] {
  const { securityContext, resources, env = [], volumeMounts = [] } = container;
  const temporary = spec.volumes?.find(({ emptyDir }) => emptyDir !== undefined);
  return [
    ...['--user', `${spec.securityContext?.runAsUser}:${spec.securityContext?.runAsGroup}`],
    ...(securityContext?.readOnlyRootFilesystem ? ['--read-only'] : []),
    ...(securityContext?.allowPrivilegeEscalation === false
      ? ['--security-opt', 'no-new-privileges:true']
      : []),
    ...(securityContext?.capabilities?.drop ?? []).flatMap((name) => ['--cap-drop', name]),
    ...['--memory', `${resources?.limits?.memory}`.replace('Mi', 'm')],
    ...env.flatMap(({ name, value = 'vigia-0' }) => ['--env', `${name}=${value}`]),
    ...volumeMounts.flatMap(({ name, mountPath, readOnly }) => {
      if (name === temporary?.name) return ['--tmpfs', mountPath];
      const source = folders[name];
      return ['--volume', source ? `${source}:${mountPath}${readOnly ? ':ro' : ''}` : mountPath];
    }),
  ];
}

describe('a container that runs as the pod does', () => {
  const name = `vigia-pod-${randomUUID()}`;
  let run: (...args: string[]) => Promise<string>;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let models: ReturnType<typeof createConfigMapVolume>;
  const address: Record<string, string> = {};

  before(async function () {
    this.timeout(1_200_000);
    const docker = requireTool(this, 'docker engine');
    run = async (...args) => {
      const { stdout } = await promisify(execFile)(docker, args, { cwd: root, maxBuffer: 2 ** 26 });
      return stdout.trim();
    };
    folder = await temporaryFolder();
    const secrets = join(folder.path, 'secrets');
    models = createConfigMapVolume(join(folder.path, 'models'));
    models.update({ 'credit.json': JSON.stringify(await loadArtifact('models/credit.json')) });
    createConfigMapVolume(secrets).update({ 'outcome-key': 'a key that all replicas share' });
    chmodSync(folder.path, 0o755);
    await run('build', '--quiet', '--tag', name, '.');
    const ports = ['--publish', '127.0.0.1::8000', '--publish', '127.0.0.1::9464'];
    await run(
      ...['run', '--detach', '--name', name, ...ports],
      ...asDocker({ models: models.folder, secrets }),
      name,
    );
    await eventually(async () => {
      assert.equal(await run('inspect', '--format', '{{.State.Health.Status}}', name), 'healthy');
    }, 180_000);
    for (const port of ['8000', '9464']) address[port] = `http://${await run('port', name, port)}`;
  });
  after(async () => {
    await run?.('rm', '--force', '--volumes', name).catch(() => {});
    await run?.('image', 'rm', name).catch(() => {});
    await folder?.[Symbol.asyncDispose]();
  });

  const predict = async () => (await postJson(`${address['8000']}/predict`, row)).body;

  it('is not root, and writes only where it has to', async () => {
    assert.equal(await run('exec', name, 'id', '-u'), '1000');
    const tryToWrite = (path: string) =>
      run('exec', name, 'sh', '-c', `echo > ${path}/file`).then(
        () => true,
        () => false,
      );
    for (const path of ['/', '/app', '/app/src', '/app/models', '/run/secrets/vigia', '/etc']) {
      assert.equal(await tryToWrite(path), false, path);
    }
    for (const path of ['/tmp', '/app/logs/vigia-0']) assert.equal(await tryToWrite(path), true, path);
    const tools = await run(
      'exec',
      name,
      'sh',
      '-c',
      'for t in npm npx yarn corepack; do command -v $t; done; true',
    );
    assert.equal(tools, '');
  });

  it('takes the next version of the model from the ConfigMap when it is asked to, as README.md says', async () => {
    const old = await predict();
    const next = withIntercept(await loadArtifact('models/credit.json'), 1);
    models.update({ 'credit.json': JSON.stringify(next) });
    assert.equal((await predict()).model.version, old.model.version);
    await run('exec', name, 'node', '-e', 'process.kill(1, "SIGHUP")');
    await eventually(async () => assert.equal((await predict()).model.version, next.version), 30_000);
    const { body } = await postJson(`${address['9464']}/outcomes`, [{ id: old.id, outcome: 'good' }]);
    assert.equal(body.accepted, 1, JSON.stringify(body));
  });
});

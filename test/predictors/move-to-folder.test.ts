import assert from 'node:assert/strict';
import { type Artifact, loadArtifact } from '../../src/model/artifact.ts';
import { moveToFolder } from '../../src/predictors/index.ts';

const onnx = { kind: 'onnx', path: './model.onnx', sha256: '0'.repeat(64) };
const http = { kind: 'http', protocol: 'json', url: 'http://127.0.0.1:9/score', score: '/p' };

describe('a model file that is written into another folder', () => {
  let artifact: Artifact;
  before(async () => {
    artifact = await loadArtifact('models/credit.json');
  });
  const moved = (predictor: NonNullable<Artifact['predictor']>, from: string, to: string) =>
    moveToFolder({ ...artifact, predictor }, from, to, 'm.json').predictor;

  it('refers to the same files', () => {
    assert.deepEqual(moved(onnx, 'old', 'else/where'), { ...onnx, path: '../../old/model.onnx' });
    assert.deepEqual(moved({ ...http, headersFile: '../token' }, '/old/in', '/new'), {
      ...http,
      headersFile: '../old/token',
    });
  });

  it('stays unchanged if its paths are absolute, it names none, or the folder is the same', () => {
    for (const predictor of [{ ...http, headersFile: '/run/secrets/headers' }, http]) {
      assert.deepEqual(moved(predictor, 'old', 'new'), predictor);
    }
    assert.deepEqual(moved(onnx, 'models', './models/'), onnx);
    assert.deepEqual(moveToFolder(artifact, 'old', 'new', 'm.json'), artifact);
    const { predictor: _, ...watched } = artifact;
    assert.equal(moveToFolder(watched, 'old', 'new', 'm.json'), watched);
  });
});

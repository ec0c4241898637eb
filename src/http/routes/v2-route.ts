import type { Deployment } from '../../deployments/deployment.ts';
import { namedModel } from '../chosen-model.ts';
import { checkKey, makeRoom, predictRows } from '../predict-rows.ts';
import { Problem } from '../problem.ts';
import { BodyProblem, readBody } from '../read-body.ts';
import { counting, readCountedKey, watchedOnly } from '../refusals.ts';
import type { RequestContext } from '../request-context.ts';
import type { AppRouter } from '../router.ts';
import { sendJson } from '../send.ts';
import type { Service } from '../service.ts';
import { inferenceAnswer, modelMetadata, serverMetadata } from '../v2-answer.ts';
import { parseInference } from '../v2-body.ts';
import { readInference } from '../v2-request.ts';
import { requireReady } from './health-route.ts';

const json = 'application/json';

/** The Open Inference Protocol V2 over REST, as in MLServer, KServe and Triton. */
export function addV2Routes(router: AppRouter, service: Service): void {
  router.get('/v2', (context) => sendJson(context, JSON.stringify(serverMetadata)));
  router.get('/v2/health/live', (context) => sendJson(context, '{"live":true}'));
  router.get('/v2/health/ready', (context) => {
    requireReady(service);
    sendJson(context, '{"ready":true}');
  });
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    router.get(path, (context) => {
      sendJson(context, JSON.stringify(modelMetadata(predictingModel(context, service))));
    });
    router.get(`${path}/ready`, (context) => {
      const { artifact } = predictingModel(context, service);
      requireReady(service);
      sendJson(context, JSON.stringify({ name: artifact.name, ready: true }));
    });
    router.post(`${path}/infer`, (context) => infer(context, service, predictingModel(context, service)));
  }
}

/**
 * The current version of the model that the path names.
 *
 * @throws Problem for an unknown one, for another version, and for a model that is only watched
 */
function predictingModel(context: RequestContext, service: Service): Deployment {
  const deployment = namedModel(context, service);
  const { name, version } = deployment.artifact;
  const { version: wanted = version } = context.params;
  if (wanted !== version) {
    throw new Problem('not-found', `${name} does not have this version here: ${version} answers`);
  }
  if (deployment.predictor === undefined) throw watchedOnly(deployment);
  return deployment;
}

async function infer(context: RequestContext, service: Service, deployment: Deployment): Promise<void> {
  const { req } = context;
  const { maxBytes, release } = makeRoom(req, service);
  try {
    const { bytes } = await counting(deployment, readInferenceBody(context, maxBytes));
    const request = await counting(
      deployment,
      service.predictIntake.inTurn(async (pause) => {
        await pause();
        return readInference(await parseInference(bytes, pause), deployment, pause);
      }),
    );
    const { rows } = request;
    const key = readCountedKey(req, deployment);
    checkKey(deployment, key, rows.length);
    const inferred = await predictRows(
      { context, service, deployment, rows, key },
      (_, score, { predictedClass, id }) => ({ score, predictedClass, id }),
    );
    sendJson(context, JSON.stringify(inferenceAnswer(deployment, request, inferred)));
  } finally {
    release();
  }
}

/** Clients of the protocol send JSON without declaring it, or followed by binary tensors, which is an extension. */
async function readInferenceBody({ req }: RequestContext, maxBytes: number) {
  if (req.headers['inference-header-content-length'] !== undefined) {
    throw new BodyProblem(
      'unsupported-media-type',
      'content_type',
      'binary tensors are not supported: send their data as JSON',
      { connection: 'close' },
    );
  }
  return readBody(req, { mediaTypes: [json], maxBytes, untyped: json });
}

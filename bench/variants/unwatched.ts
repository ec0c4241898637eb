// U: Vigia's own edge (listener, load guard, Koa application, router, body reader, validation, scoring, answers), made
// of the service's modules, with nothing watched: no counts, samples, log lines, traces, request ids or signed ids.

import type { Middleware } from 'koa';
import { type AddRoutes, createApp } from '../../src/http/app.ts';
import { endOfTurn } from '../../src/http/end-of-turn.ts';
import { listen } from '../../src/http/listener.ts';
import { Problem } from '../../src/http/problem.ts';
import { decodeText, parseJson, readBody } from '../../src/http/read-body.ts';
import { invalidInput } from '../../src/http/refusals.ts';
import type { RequestState } from '../../src/http/request-context.ts';
import { securityHeaderList } from '../../src/http/security-headers.ts';
import { sendJson } from '../../src/http/send.ts';
import { createLoadGuard } from '../../src/http/shed-load.ts';
import { answerProblem, writeAnswer } from '../../src/http/write-answer.ts';
import { loadArtifact } from '../../src/model/artifact.ts';
import type { Row } from '../../src/model/row.ts';
import { createInputValidator } from '../../src/model/validate-input.ts';
import { readConfig } from '../../src/settings/config.ts';
import { scorerOf } from '../scorer.ts';

const config = readConfig(process.env);
const artifact = await loadArtifact(config.MODEL_PATH);
const { name, version, output } = artifact;
const validate = createInputValidator(artifact);
const score = scorerOf(artifact);
const accepted = { mediaTypes: ['application/json'], maxBytes: config.MAX_BODY_BYTES };
const modelJson = JSON.stringify({ name, version });
const classJson = [JSON.stringify(output.negative), JSON.stringify(output.positive)];
/** In place of a signed id, so that the answer is as long as the service's. */
const constantId = '0'.repeat(68);

const addPredictRoute: AddRoutes<unknown> = (router) => {
  router.post('/predict', async (context) => {
    const body = parseJson(decodeText((await readBody(context.req, accepted)).bytes));
    const faults = validate(body);
    if (faults !== null) throw invalidInput(faults);
    const value = score(body as Row);
    const prediction = classJson[value >= output.threshold.value ? 1 : 0];
    sendJson(
      context,
      `{"prediction":${prediction},"score":${value},"id":"${constantId}","model":${modelJson}}`,
    );
  });
};

/** The requests in flight, which the load guard limits; the rest stays 0. */
const load = { active: 0, shed: { concurrency: 0, event_loop: 0 } };

/** The outermost layer of the service without what it observes. */
const answerRequest: Middleware<RequestState> = async (context, next) => {
  load.active++;
  try {
    await next();
  } catch (error) {
    answerProblem(context, error instanceof Problem ? error : new Problem('internal', String(error)));
  } finally {
    await endOfTurn();
    load.active--;
    writeAnswer(context, [...securityHeaderList]);
  }
};

const guard = createLoadGuard(load, {
  maxConcurrent: config.MAX_CONCURRENT_REQUESTS,
  maxDelayMs: config.MAX_EVENT_LOOP_DELAY_MS,
});
const app = createApp({ onError: console.error }, [addPredictRoute], answerRequest);
const { url } = await listen(app, {
  host: config.HOST,
  port: config.PORT,
  keepAliveTimeoutMs: config.KEEP_ALIVE_TIMEOUT_MS,
  sample: () => false,
  refuse: guard.refuse,
});
process.on('SIGTERM', () => process.exit(0));
process.stderr.write(`API      ${url}\n`);

import type { Config } from '../../settings/config.ts';
import { modelPath } from '../../text/model-path.ts';
import {
  type ApiDocument,
  type ApiModels,
  describeApi,
  describeModels,
  inputSchemas,
  intakeSchemas,
  nameModels,
  observationPaths,
} from './api-models.ts';
import { outcomesPath } from './outcomes-path.ts';
import { failures, get, tags } from './parts.ts';
import { predictionSchema, predictPath } from './predict-path.ts';
import { modelsPath, servicePaths, summaryPath } from './service-paths.ts';
import { v2ModelPaths, v2Schemas, v2ServerPaths } from './v2-paths.ts';

/** What the public API has besides predictions. */
export type ApiParts = {
  /** Whether it has `POST /outcomes` and `POST /observations`. */
  readonly takesOutcomes: boolean;
  /** What its `/metrics` gives. */
  readonly metrics: Config['API_METRICS'];
};

/** The public API of a service that answers with these models. */
export function publicDocument(models: ApiModels, { takesOutcomes, metrics }: ApiParts): ApiDocument {
  const { answering, unnamed } = models;
  const named = nameModels(models);
  const predicting = named.filter(({ predicts }) => predicts);
  return describeApi({
    title: `${answering.map(({ artifact }) => artifact.name).join(', ')} predictions`,
    description: describeModels(models),
    asksToken: takesOutcomes,
    paths: {
      ...(unnamed?.predicts && { '/predict': predictPath(unnamed, '', 'predict') }),
      ...Object.fromEntries(
        predicting.map(({ prefix, plain, ...model }) => [
          modelPath(model.artifact.name, 'predict'),
          predictPath(model, prefix, `predict.${plain}`),
        ]),
      ),
      ...(takesOutcomes && {
        ...observationPaths(named, models, true),
        '/outcomes': outcomesPath(answering[0].artifact, true),
      }),
      '/models': modelsPath,
      ...servicePaths,
      ...(metrics !== 'false' && { '/metrics': summaryPath(metrics === 'full') }),
      '/': get(tags.service, 'root', 'Leads a browser to /docs', {
        303: { description: 'For a client that would rather have a page than JSON' },
        ...failures('not-found'),
      }),
      ...v2ServerPaths,
      ...Object.fromEntries(
        predicting.flatMap(({ artifact, plain }) => Object.entries(v2ModelPaths(artifact, plain))),
      ),
    },
    schemas: {
      ...inputSchemas(named),
      ...Object.fromEntries(
        predicting.map(({ prefix, plain, ...model }) => [`${prefix}Prediction`, predictionSchema(model)]),
      ),
      ...(takesOutcomes && intakeSchemas(named)),
      ...v2Schemas,
    },
  });
}

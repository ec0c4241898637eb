import { type Artifact, loadArtifact } from '../model/artifact.ts';
import { classesOf } from '../model/output-classes.ts';
import { formatNames } from '../text/column-names.ts';
import { askJson } from '../traffic/ask-json.ts';
import { readDataRows } from '../traffic/data-rows.ts';
import { drawFromReference } from '../traffic/reference-rows.ts';
import {
  classesOfOpenApi,
  featuresOfArtifact,
  featuresOfOpenApi,
  type RequestFeature,
  type Row,
} from '../traffic/request-features.ts';
import { listenerUrl } from './service-address.ts';
import type { TrafficOptions } from './traffic-options.ts';

export type Classes = readonly [negative: string, positive: string];

/** Where rows come from. */
export type RowSource = {
  readonly features: readonly RequestFeature[];
  readonly classes: () => Classes;
  readonly draw: () => Row;
};

/** The rows that the default model was trained on, and their columns. */
const defaultTable = 'data/german-credit.csv';

/**
 * The rows to send: those of a table, or drawn from a model's reference. Where neither is given, the default table serves
 * a model that asks for its columns. For another model it is the reference of its file, of which the running service
 * says where it is.
 *
 * @throws Error in one line for a service that does not answer, and where there is nothing to draw from
 */
export async function openSource(options: TrafficOptions, random: () => number): Promise<RowSource> {
  const { urls, path, data, decimalSign, model } = options;
  if (model !== undefined) return fromReference(await loadArtifact(model), random);
  const source = below(urls[0], 'openapi.json');
  const document = await askJson(source).catch(({ message }: Error) => {
    throw new Error(`${message}: is the service running there? If not, give --url`);
  });
  const features = featuresOfOpenApi(document, path, source.href);
  const classes = () => classesOfOpenApi(document, path, source.href);
  const fromRows = (rows: readonly Row[]) => ({
    features,
    classes,
    draw: () => rows[Math.floor(random() * rows.length)],
  });
  if (data !== undefined) return fromRows(await readDataRows(data, features, decimalSign));
  const rows = await readDataRows(defaultTable, features).catch(() => undefined);
  if (rows !== undefined) return fromRows(rows);
  const artifact = await modelOfService(options).catch(() => undefined);
  if (artifact !== undefined) return fromReference(artifact, random);
  throw new Error(
    `the service asks for ${formatNames(features.map(({ name }) => name))}, which ${defaultTable} does not have: give a table with --data, or the model's file with --model`,
  );
}

function fromReference(artifact: Artifact, random: () => number): RowSource {
  return {
    features: featuresOfArtifact(artifact),
    classes: () => classesOf(artifact.output),
    draw: drawFromReference(artifact, random),
  };
}

type Models = {
  readonly default: string | null;
  readonly models: readonly { readonly name: string; readonly version: string; readonly file?: string }[];
};

/** The model that is asked, read from the file that the service has it from, if that is the same here. */
async function modelOfService({ urls, modelName, labels }: TrafficOptions): Promise<Artifact | undefined> {
  const admin = labels?.urls[0] ?? listenerUrl('label-url', 'ADMIN_HOST', 'ADMIN_PORT');
  const [asked, known] = (await Promise.all(
    [urls[0], admin].map((url) => askJson(below(url, 'models'))),
  )) as Models[];
  const name = modelName ?? asked.default;
  const find = ({ models }: Models) => models.find((one) => one.name === name);
  const file = find(known)?.file;
  const artifact = file === undefined ? undefined : await loadArtifact(file);
  return artifact?.version === find(asked)?.version ? artifact : undefined;
}

function below(base: URL, path: string): URL {
  return new URL(path, base.href.endsWith('/') ? base : `${base.href}/`);
}

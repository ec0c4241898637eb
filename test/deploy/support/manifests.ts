import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { StatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { parseAllDocuments } from 'yaml';

const kinds = {
  StatefulSet,
  Service,
  ConfigMap,
  Secret,
  NetworkPolicy,
  PodDisruptionBudget,
  ServiceMonitor,
  PrometheusRule,
};

export type Manifest = {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
};

export const manifestFolder = 'deploy/kubernetes';

/** The plain manifests, as they are in the repository. */
export function readManifests(): Manifest[] {
  return readdirSync(manifestFolder)
    .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
    .flatMap((file) => parseAllDocuments(readFileSync(join(manifestFolder, file), 'utf8')))
    .map((document) => document.toJS() as Manifest);
}

/**
 * Checks an object against the schema that Kubernetes, or the Prometheus Operator, has for its kind.
 *
 * @throws Error naming what is wrong
 */
export function validateManifest(manifest: Pick<Manifest, 'kind'>): void {
  const Kind = kinds[manifest.kind as keyof typeof kinds];
  if (Kind === undefined) throw new Error(`${manifest.kind} is no kind that is expected`);
  new Kind(structuredClone(manifest) as never).validate();
}

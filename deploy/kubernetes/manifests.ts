import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { IService } from 'kubernetes-models/v1/Service';
import manifest from '../../package.json' with { type: 'json' };

export const { name, version } = manifest;
/** Where releases are published; the registry of GitHub has the repository's owner and name in it. */
export const image = `ghcr.io/${/github\.com\/(.+)\.git$/.exec(manifest.repository.url)?.[1]}`;
/** Of one installation. The chart has the release's name as the instance. */
export const selector = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': name };
export const labels = { ...selector, 'app.kubernetes.io/version': version };
const apiPort = 8000;
export const adminPort = 9464;
export const collectorNamespace = 'observability';
export const monitoringNamespace = 'monitoring';
export const prometheusLabels = { 'app.kubernetes.io/name': 'prometheus' };
export const storage = '5Gi';
export const secretFolder = '/run/secrets/vigia';
/** Beside the image's own models, which are hidden once others are mounted. */
export const modelFolder = '/app/models';

export function inNamespace(namespace: string) {
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } };
}

/** Pods keep their names and therefore their folders: samples and outcomes stay with the replica that wrote them. */
export const statefulSet: IStatefulSet = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name, labels },
  spec: {
    replicas: 3,
    serviceName: `${name}-admin`,
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: selector },
    template: {
      metadata: { labels },
      spec: {
        automountServiceAccountToken: false,
        // Five seconds until no proxy sends new requests any more, then the service's own two and a margin.
        terminationGracePeriodSeconds: 15,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          runAsGroup: 1000,
          fsGroup: 1000,
          fsGroupChangePolicy: 'OnRootMismatch',
          seccompProfile: { type: 'RuntimeDefault' },
        },
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: selector },
          },
        ],
        containers: [
          {
            name,
            image: `${image}:${version}`,
            ports: [
              { name: 'http', containerPort: apiPort },
              { name: 'admin', containerPort: adminPort },
            ],
            env: [
              { name: 'MODEL_PATH', value: 'models' },
              // the network policy lets every pod use the API
              { name: 'API_METRICS', value: 'false' },
              { name: 'OTEL_SERVICE_NAME', value: name },
              {
                name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
                value: `http://opentelemetry-collector.${collectorNamespace}:4318`,
              },
              { name: 'OTEL_TRACES_SAMPLER', value: 'parentbased_traceidratio' },
              { name: 'OTEL_TRACES_SAMPLER_ARG', value: '0.1' },
              { name: 'SERVICE_INSTANCE', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
              { name: 'SAMPLES_PATH', value: '/app/logs/{instance}/input_samples.jsonl' },
              { name: 'OUTCOMES_PATH', value: '/app/logs/{instance}/outcomes.jsonl' },
              { name: 'OUTCOME_KEY_FILE', value: `${secretFolder}/outcome-key` },
            ],
            startupProbe: {
              httpGet: { path: '/ready', port: 'http' },
              periodSeconds: 1,
              failureThreshold: 30,
            },
            readinessProbe: { httpGet: { path: '/ready', port: 'http' }, periodSeconds: 5 },
            livenessProbe: {
              httpGet: { path: '/health', port: 'http' },
              periodSeconds: 10,
              failureThreshold: 6,
            },
            lifecycle: { preStop: { sleep: { seconds: 5 } } },
            resources: {
              // of the node's disk it uses only what the kubelet keeps of its log
              requests: { cpu: '250m', memory: '256Mi', 'ephemeral-storage': '64Mi' },
              limits: { memory: '512Mi', 'ephemeral-storage': '512Mi' },
            },
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
            volumeMounts: [
              { name: 'samples', mountPath: '/app/logs' },
              { name: 'models', mountPath: modelFolder, readOnly: true },
              { name: 'secrets', mountPath: secretFolder, readOnly: true },
              { name: 'tmp', mountPath: '/tmp' },
            ],
          },
        ],
        volumes: [
          { name: 'models', configMap: { name: `${name}-models` } },
          {
            name: 'secrets',
            projected: {
              defaultMode: 0o440,
              sources: [{ secret: { name, items: [{ key: 'outcome-key', path: 'outcome-key' }] } }],
            },
          },
          { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
        ],
      },
    },
    volumeClaimTemplates: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'samples' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
      },
    ],
  },
};

export const apiService: IService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels },
  spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
};

/** Lists every pod, even a draining one, so that its last counts are still read. */
export const adminService: IService = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: `${name}-admin`, labels: { ...labels, 'app.kubernetes.io/component': 'admin' } },
  spec: {
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    selector,
    ports: [{ name: 'admin', port: adminPort, targetPort: 'admin' }],
  },
};

export const podDisruptionBudget: IPodDisruptionBudget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name, labels },
  spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
};

/** The API is open to the cluster, the admin port to Prometheus alone; out go DNS and OTLP only. */
export const networkPolicy: INetworkPolicy = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, labels },
  spec: {
    podSelector: { matchLabels: selector },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [
      { from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 'http' }] },
      {
        from: [
          {
            ...inNamespace(monitoringNamespace),
            podSelector: { matchLabels: prometheusLabels },
          },
        ],
        ports: [{ protocol: 'TCP', port: 'admin' }],
      },
    ],
    egress: [
      {
        to: [inNamespace('kube-system')],
        ports: [
          { protocol: 'UDP', port: 53 },
          { protocol: 'TCP', port: 53 },
        ],
      },
      { to: [inNamespace(collectorNamespace)], ports: [{ protocol: 'TCP', port: 4318 }] },
    ],
  },
};

/** Gives the scraped series the job name that the rules ask for, whatever the Service is called. */
export const serviceMonitor: IServiceMonitor = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: { name, labels },
  spec: {
    jobLabel: 'app.kubernetes.io/name',
    selector: { matchLabels: { ...selector, 'app.kubernetes.io/component': 'admin' } },
    endpoints: [{ port: 'admin', path: '/metrics', interval: '15s' }],
  },
};

/** What the engines of the stack answer, as far as the tests read it. */

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}

function withQuery(url: string, query: Record<string, string>): string {
  return `${url}?${new URLSearchParams(query)}`;
}

export type Labels = Readonly<Record<string, string>>;
export type Series = { readonly metric: Labels; readonly values: readonly (readonly [number, number])[] };
/** What a counter had counted at the end of each run of its process: its last value, and those before it fell to 0. */
export function lastValues(values: readonly (readonly [number, number])[]): number[] {
  return values
    .map(([, value]) => value)
    .filter((value, i) => values[i + 1] === undefined || values[i + 1][1] < value);
}

export type Target = {
  readonly job: string;
  readonly instance: string;
  readonly health: string;
};
export type Alert = { readonly labels: Labels; readonly annotations: Labels; readonly state: string };

type Answer<T> = { readonly data: T };
type RawSeries = { metric: Labels; value?: [number, string]; values?: [number, string][] };

export type Prometheus = ReturnType<typeof createPrometheus>;

export function createPrometheus(url: string) {
  const toSeries = ({ metric, value, values = value ? [value] : [] }: RawSeries): Series => ({
    metric,
    values: values.map(([time, text]) => [time, Number(text)]),
  });

  return {
    /** A query at this moment; of a range selector the raw samples. */
    async query(query: string): Promise<Series[]> {
      const { data } = await getJson<Answer<{ result: RawSeries[] | [number, string]; resultType: string }>>(
        withQuery(`${url}/api/v1/query`, { query }),
      );
      if (data.resultType !== 'vector' && data.resultType !== 'matrix') {
        return [toSeries({ metric: {}, value: data.result as [number, string] })];
      }
      return (data.result as RawSeries[]).map(toSeries);
    },

    async queryRange(query: string, seconds: number, step: number): Promise<Series[]> {
      const end = Math.floor(Date.now() / 1000);
      const { data } = await getJson<Answer<{ result: RawSeries[] }>>(
        withQuery(`${url}/api/v1/query_range`, {
          query,
          start: String(end - seconds),
          end: String(end),
          step: String(step),
        }),
      );
      return data.result.map(toSeries);
    },

    async labelValues(label: string, match: string): Promise<string[]> {
      const address = withQuery(`${url}/api/v1/label/${label}/values`, { 'match[]': match });
      return (await getJson<Answer<string[]>>(address)).data;
    },

    async targets(): Promise<Target[]> {
      type Raw = { labels: Labels; health: string };
      const { data } = await getJson<Answer<{ activeTargets: Raw[] }>>(`${url}/api/v1/targets?state=active`);
      return data.activeTargets.map(({ labels, health }) => ({
        job: labels.job,
        instance: labels.instance,
        health,
      }));
    },

    async alerts(): Promise<Alert[]> {
      return (await getJson<Answer<{ alerts: Alert[] }>>(`${url}/api/v1/alerts`)).data.alerts;
    },

    /** The trace ids that exemplars of these series carry. */
    async exemplarTraces(query: string): Promise<string[]> {
      const end = Date.now() / 1000;
      type Raw = { exemplars: { labels: Labels }[] };
      const { data } = await getJson<Answer<Raw[]>>(
        withQuery(`${url}/api/v1/query_exemplars`, { query, start: String(end - 3600), end: String(end) }),
      );
      return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels.trace_id));
    },
  };
}

export type Span = {
  readonly operationName: string;
  readonly spanID: string;
  readonly references: readonly { readonly spanID: string }[];
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
};

export function createJaeger(url: string) {
  return {
    /** The spans of a trace; undefined while Jaeger does not have it. */
    async trace(id: string): Promise<readonly Span[] | undefined> {
      const response = await fetch(`${url}/api/traces/${id}`, { signal: AbortSignal.timeout(20_000) });
      if (response.status === 404) return undefined;
      return ((await response.json()) as Answer<{ spans: Span[] }[]>).data[0]?.spans;
    },

    /** The ids of traces of a service, the newest first. */
    async search(service: string, limit: number): Promise<string[]> {
      const address = withQuery(`${url}/api/traces`, { service, limit: String(limit) });
      return (await getJson<Answer<{ traceID: string }[]>>(address)).data.map(({ traceID }) => traceID);
    },
  };
}

export async function alertmanagerAlerts(url: string): Promise<Omit<Alert, 'state'>[]> {
  return getJson(`${url}/api/v2/alerts`);
}

export type Notification = {
  readonly receiver: string;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Labels;
    readonly annotations: Labels;
  }[];
};

export async function webhookNotifications(url: string): Promise<Notification[]> {
  return getJson(url);
}

/** What anybody may see in Grafana, without logging in. */
export function createGrafana(url: string) {
  return {
    dashboards: () => getJson<{ uid: string; title: string }[]>(`${url}/api/search?type=dash-db`),
    dashboard: async <T>(uid: string) =>
      (await getJson<{ dashboard: T }>(`${url}/api/dashboards/uid/${uid}`)).dashboard,
  };
}

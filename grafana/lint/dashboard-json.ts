/** As much of a classic dashboard's JSON as the linter reads; whatever may be wrong in a file is optional here. */
export type DashboardJson = {
  readonly uid?: string;
  readonly title?: string;
  readonly tags?: readonly string[];
  readonly graphTooltip?: number;
  readonly panels?: readonly PanelJson[];
  readonly templating?: { readonly list?: readonly VariableJson[] };
  readonly annotations?: { readonly list?: readonly AnnotationJson[] };
  readonly links?: readonly LinkJson[];
};

export type DatasourceJson = { readonly type?: string; readonly uid?: string };

export type TargetJson = {
  readonly refId?: string;
  readonly datasource?: DatasourceJson;
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
};

export type LinkJson = {
  readonly title?: string;
  readonly type?: string;
  readonly url?: string;
  readonly tags?: readonly string[];
};

export type FieldConfigJson = {
  readonly unit?: string;
  readonly noValue?: string;
  readonly links?: readonly LinkJson[];
  readonly mappings?: readonly { readonly options?: unknown }[];
  readonly thresholds?: { readonly steps?: readonly { readonly color?: string }[] };
  readonly color?: { readonly mode?: string; readonly fixedColor?: string };
};

export type PanelJson = {
  readonly id?: number;
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly datasource?: DatasourceJson;
  readonly gridPos?: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly TargetJson[];
  readonly fieldConfig?: {
    readonly defaults?: FieldConfigJson;
    readonly overrides?: readonly {
      readonly matcher?: { readonly options?: unknown };
      readonly properties?: readonly { readonly id?: string; readonly value?: unknown }[];
    }[];
  };
  readonly options?: {
    readonly legend?: { readonly displayMode?: string; readonly calcs?: readonly string[] };
  };
  readonly links?: readonly LinkJson[];
  /** The panels of a collapsed row. */
  readonly panels?: readonly PanelJson[];
};

export type VariableJson = {
  readonly name?: string;
  readonly type?: string;
  readonly query?: unknown;
  readonly datasource?: DatasourceJson;
  readonly multi?: boolean;
  readonly includeAll?: boolean;
};

export type AnnotationJson = {
  readonly name?: string;
  readonly datasource?: DatasourceJson;
  readonly expr?: string;
};

/** All panels but the rows' titles: those that show something. */
export function contentPanels(dashboard: DashboardJson): PanelJson[] {
  return (dashboard.panels ?? [])
    .flatMap((panel) => [panel, ...(panel.panels ?? [])])
    .filter((panel) => panel.type !== 'row');
}

export type NumericColumn = {
  readonly name: string;
  readonly kind: 'numeric';
  /** NaN where the value is missing. At least two different values. */
  readonly values: Float64Array;
};

export type CategoricalColumn = {
  readonly name: string;
  readonly kind: 'categorical';
  /** `null` where the value is missing. */
  readonly values: readonly (string | null)[];
};

/** A feature's value in every row that a model is made or described from. */
export type Column = NumericColumn | CategoricalColumn;

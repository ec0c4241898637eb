/** Between what two values something lies. */
export type Interval = { readonly low: number; readonly high: number };

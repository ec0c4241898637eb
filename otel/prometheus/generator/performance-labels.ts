import { scoreBands } from '../../../src/monitor/performance-figures.ts';

export const byModel = 'model, version';
export const byWindow = `${byModel}, window`;
export const bySource = `${byWindow}, source`;

/** Adds the tenth of the scores that a score bin is in, of which there are fifty: `0.3-0.4` for `17 (0.34, 0.36]`. */
export function withBand(expr: string): string {
  return Array.from({ length: scoreBands }, (_, band) => band).reduce((inner, band) => {
    const bins = `${Math.floor(band / 2)}[${band % 2 === 0 ? '0-4' : '5-9'}]`;
    const label = `${(band / scoreBands).toFixed(1)}-${((band + 1) / scoreBands).toFixed(1)}`;
    return `label_replace(${inner}, "score_band", "${label}", "score_bin", "${bins} .*")`;
  }, expr);
}

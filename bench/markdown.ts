/** A table in Markdown: figures to the right, words to the left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (rows.every((row) => /^(?:[<>] )?\d|^–/.test(row[i])) ? '---:' : '---'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** A share, never rounded up to 100 % or down to 0. */
export function percent(share: number): string {
  if (share > 0.9995 && share < 1) return '> 99.9 %';
  if (share < 0.0005 && share > 0) return '< 0.1 %';
  return `${Number((share * 100).toFixed(1))} %`;
}

/** A whole number, in groups of three digits. */
export function grouped(value: number): string {
  return value.toLocaleString('en');
}

export function perTenThousand(share: number): string {
  return significant(share * 10_000);
}

/** Two significant digits below 10, whole numbers from there. */
export function significant(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : grouped(Math.round(value));
}

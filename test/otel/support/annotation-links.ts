/** A link of an annotation as Prometheus writes it where no external label has an address. */
export function withoutExternalLabels(link: string): string {
  return link.replace(
    /^\{\{ with \$externalLabels\.\w+ \}\}\{\{ \. \}\}\{\{ else \}\}(.*?)\{\{ end \}\}/,
    '$1',
  );
}

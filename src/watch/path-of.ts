/** The path of a request's target, without the query. */
export function pathOf(target = ''): string {
  return target.split('?', 1)[0];
}

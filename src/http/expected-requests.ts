type ExpectedRequest = { readonly method: string; readonly route: string; readonly status: number };

/**
 * The requests of the public listener whose counts begin at 0, so that the first of each is seen as an increase.
 *
 * @param takesOutcomes whether outcomes may be sent there as well
 */
export function expectedRequests(takesOutcomes: boolean): ExpectedRequest[] {
  return [
    ...requests('POST', '/predict', [200, 400, 413, 415, 422, 499, 500, 503]),
    ...['/health', '/ready', '/metrics', '/openapi.json'].flatMap((route) => requests('GET', route, [200])),
    ...(takesOutcomes
      ? ['/outcomes', '/observations'].flatMap((route) => requests('POST', route, [202, 401, 422, 503]))
      : []),
  ];
}

function requests(method: string, route: string, statuses: readonly number[]): ExpectedRequest[] {
  return statuses.map((status) => ({ method, route, status }));
}

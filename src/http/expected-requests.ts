/** The routes that predict, which the objectives of the service are about. */
export const predictRoutes = ['/predict', '/models/:name/predict'] as const;

/** The routes that take what happened elsewhere. */
const takingRoutes = ['/outcomes', '/observations', '/models/:name/observations'];

type ExpectedRequest = { readonly method: string; readonly route: string; readonly status: number };

/**
 * The requests of the public listener whose counts begin at 0, so that the first of each is seen as an increase.
 *
 * @param takesOutcomes whether outcomes may be sent there as well
 */
export function expectedRequests(takesOutcomes: boolean): ExpectedRequest[] {
  return [
    ...predictRoutes.flatMap((route) =>
      requests('POST', route, [200, 400, 404, 409, 413, 415, 422, 499, 500, 502, 503, 504]),
    ),
    ...['/models', '/health', '/ready', '/metrics', '/openapi.json'].flatMap((route) =>
      requests('GET', route, [200]),
    ),
    ...(takesOutcomes ? takingRoutes.flatMap((route) => requests('POST', route, [202, 401, 422, 503])) : []),
  ];
}

function requests(method: string, route: string, statuses: readonly number[]): ExpectedRequest[] {
  return statuses.map((status) => ({ method, route, status }));
}

/** The routes that predict, to which the service's objectives apply. */
export const predictRoutes = [
  '/predict',
  '/models/:name/predict',
  '/v2/models/:name/infer',
  '/v2/models/:name/versions/:version/infer',
] as const;

/** The routes that accept predictions made elsewhere, and outcomes. */
const takingRoutes = ['/outcomes', '/observations', '/models/:name/observations'];

/** The routes of the Open Inference Protocol about the server and models. */
const v2GetRoutes = [
  '/v2',
  '/v2/health/live',
  '/v2/health/ready',
  '/v2/models/:name',
  '/v2/models/:name/ready',
];

type ExpectedRequest = { readonly method: string; readonly route: string; readonly status: number };

/**
 * The requests of the public listener whose counts start at 0, so that the first of each is visible as an increase.
 *
 * @param takesOutcomes whether outcomes may be sent there, too
 */
export function expectedRequests(takesOutcomes: boolean): ExpectedRequest[] {
  return [
    ...predictRoutes.flatMap((route) =>
      requests('POST', route, [200, 400, 404, 409, 413, 415, 422, 499, 500, 502, 503, 504]),
    ),
    ...['/models', '/health', '/ready', '/metrics', '/openapi.json', ...v2GetRoutes].flatMap((route) =>
      requests('GET', route, [200]),
    ),
    ...(takesOutcomes ? takingRoutes.flatMap((route) => requests('POST', route, [202, 401, 422, 503])) : []),
  ];
}

function requests(method: string, route: string, statuses: readonly number[]): ExpectedRequest[] {
  return statuses.map((status) => ({ method, route, status }));
}

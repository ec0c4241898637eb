/** The headers of every answer, from routes and error handlers alike: no type sniffing, caching, loading or framing. */
export const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** The same in the form that `writeHead` accepts: name, value, name, value. */
export const securityHeaderList: readonly string[] = Object.entries(securityHeaders).flat();

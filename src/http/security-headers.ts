/** What every answer carries, whoever writes it: nothing is guessed, kept, loaded or framed. */
export const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/** The same as `writeHead` takes them: name, value, name, value. */
export const securityHeaderList: readonly string[] = Object.entries(securityHeaders).flat();

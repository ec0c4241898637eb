import { METHODS } from 'node:http';
import fc, { type Arbitrary } from 'fast-check';
import { fromSchema, type Schema, type Schemas } from './from-schema.ts';

type Media = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
type Operation = {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly requestBody?: { readonly content: Media };
  readonly responses: Readonly<Record<string, { readonly content?: Media }>>;
};
/** The parts of an OpenAPI document that say what may be sent and answered. */
export type OpenApi = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schemas };
};

export type FuzzRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};

/** Printable Latin-1, what may stand in a header. */
const headerText = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0xa0, max: 0xff }))
    .map(String.fromCharCode),
  maxLength: 200,
});
const bytes = (text: string) => Buffer.from(text);

/**
 * Requests for a service that has this document: most are near what it describes, so that they come far, and the rest
 * is anything.
 *
 * @param headers headers that only the service can hand out, such as a token
 * @param values values that only the service can hand out, such as an id
 */
export function fuzzRequests(
  { paths, components: { schemas } }: OpenApi,
  headers: Readonly<Record<string, string>>,
  values: readonly unknown[],
): Arbitrary<FuzzRequest> {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => described(method, path, operation)),
  );
  // a body leads further than none
  const weighted = operations.map(({ arbitrary, hasBody }) => ({ arbitrary, weight: hasBody ? 10 : 1 }));
  return fc.oneof(...weighted, { arbitrary: anything(Object.keys(paths)), weight: 5 });

  function described(method: string, path: string, { parameters = [], requestBody }: Operation) {
    const query = fc
      .record(
        Object.fromEntries(
          parameters.map(({ name, schema }) => [name, fc.oneof(fromSchema(schema, schemas), fc.string())]),
        ),
        { requiredKeys: [] },
      )
      .map((members) => new URLSearchParams(members as Record<string, string>).toString());
    const bodies = Object.entries(requestBody?.content ?? {}).map(([type, { schema, example }]) => {
      const drawn = fromSchema(schema, schemas);
      // members that have to fit each other are seldom drawn
      const valid = example === undefined ? drawn : fc.oneof(drawn, fc.constant(example));
      return fc.record({ type: fc.constant(type), body: near(valid) });
    });
    const arbitrary = fc
      .record({
        query,
        body: bodies.length > 0 ? fc.oneof(...bodies) : fc.constant({ type: '', body: bytes('') }),
        more: moreHeaders(),
      })
      .map(
        ({ query, body: { type, body }, more }): FuzzRequest => ({
          method: method.toUpperCase(),
          path: query === '' ? path : `${path}?${query}`,
          headers: { ...(type && { 'content-type': type }), ...more },
          body,
        }),
      );
    return { arbitrary, hasBody: requestBody !== undefined };
  }

  /** What the schema allows; the same with a member that it does not, or in other JSON; the same with bytes changed. */
  function near(valid: Arbitrary<unknown>): Arbitrary<Uint8Array> {
    const awkward = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(...values, '', '__proto__', -0, 1e308, '\ud800'),
    );
    const changed = fc
      .tuple(
        valid,
        fc.oneof(fc.constantFrom('id', '__proto__', 'constructor', 'toString'), fc.string()),
        awkward,
      )
      .map(([value, name, other]) =>
        typeof value === 'object' && value !== null && !Array.isArray(value)
          ? Object.fromEntries([...Object.entries(value), [name, other]])
          : other,
      );
    const replaced = fc.tuple(valid, fc.nat(), awkward).map(([value, n, other]) => {
      const entries = Object.entries(value ?? {});
      return Object.fromEntries(
        entries.map(([name, old], i) => [name, i === n % entries.length ? other : old]),
      );
    });
    const json = fc.oneof(
      { arbitrary: valid, weight: 5 },
      { arbitrary: changed, weight: 2 },
      { arbitrary: replaced, weight: 3 },
    );
    const text = json.map((value) => bytes(JSON.stringify(value) ?? ''));
    const damaged = fc.tuple(text, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([whole, at, byte]) => {
      if (whole.length > 0) whole[at % whole.length] = byte;
      return whole;
    });
    const cut = fc.tuple(text, fc.nat()).map(([whole, at]) => whole.subarray(0, at % (whole.length + 1)));
    return fc.oneof({ arbitrary: text, weight: 8 }, damaged, cut);
  }

  function moreHeaders(): Arbitrary<Record<string, string>> {
    const hexadecimal = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
    const traceparent = fc.oneof(
      fc.tuple(hexadecimal(32), hexadecimal(16), hexadecimal(2)).map((parts) => `00-${parts.join('-')}`),
      headerText,
    );
    const some = fc.record(
      {
        traceparent,
        tracestate: headerText,
        baggage: headerText,
        accept: fc.oneof(fc.constantFrom('text/plain', 'application/json', '*/*'), headerText),
        'x-request-id': headerText,
        'content-encoding': fc.constantFrom('gzip', 'identity', 'br, gzip'),
        'content-type': fc.oneof(
          fc.constantFrom('application/json; charset=utf-8', 'application/json;charset=utf-16', 'text/json'),
          headerText,
        ),
        authorization: headerText,
        expect: headerText,
      },
      { requiredKeys: [] },
    );
    // one header at a time, most of the time: two wrong ones hide each other
    const one = fc
      .tuple(some, fc.nat())
      .map(([all, n]) =>
        Object.fromEntries(Object.entries(all).filter((_, i, { length }) => i === n % length)),
      );
    return fc.oneof(
      { arbitrary: fc.constant(headers), weight: 6 },
      { arbitrary: one.map((chosen) => ({ ...headers, ...chosen })), weight: 3 },
      { arbitrary: some as Arbitrary<Record<string, string>>, weight: 1 },
    );
  }

  function anything(known: readonly string[]): Arbitrary<FuzzRequest> {
    const webPath = fc.webPath().map((path) => path || '/');
    return fc.record({
      method: fc.constantFrom(...METHODS.filter((method) => method !== 'CONNECT')),
      path: fc.oneof(
        fc.constantFrom(...known),
        webPath,
        fc.tuple(fc.constantFrom(...known), webPath).map((parts) => parts.join('')),
        fc.constantFrom(
          '/../../etc/passwd',
          '/%2e%2e/',
          '//predict',
          '/predict%00',
          '/?%',
          '/%',
          '/%c0%af',
          '*',
        ),
      ),
      headers: moreHeaders(),
      body: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(bytes), fc.constant(bytes(''))),
    });
  }
}

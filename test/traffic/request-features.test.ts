import assert from 'node:assert/strict';
import { featuresOfOpenApi } from '../../src/traffic/request-features.ts';

function documentWith(schema: unknown, schemas: Record<string, unknown> = {}) {
  return {
    paths: { '/predict': { post: { requestBody: { content: { 'application/json': { schema } } } } } },
    components: { schemas },
  };
}

describe('features of a service', () => {
  const properties = {
    age: { type: 'number' },
    rooms: { type: ['integer', 'null'] },
    limit: { anyOf: [{ type: 'number' }, { type: 'null' }] },
    history: { type: 'string', enum: ['good', 'bad'] },
    purpose: { type: ['string', 'null'] },
  };
  const expected = [
    { name: 'age', kind: 'numeric' },
    { name: 'rooms', kind: 'numeric' },
    { name: 'limit', kind: 'numeric' },
    { name: 'history', kind: 'categorical' },
    { name: 'purpose', kind: 'categorical' },
  ];

  it('are read from the schema of POST /predict', () => {
    assert.deepEqual(
      featuresOfOpenApi(documentWith({ type: 'object', properties }), '/predict', 'x'),
      expected,
    );
  });

  it('are found behind references', () => {
    const document = documentWith(
      { $ref: '#/components/schemas/in~1out' },
      {
        'in/out': {
          type: 'object',
          properties: { ...properties, age: { $ref: '#/components/schemas/years' } },
        },
        years: { type: 'number' },
      },
    );
    assert.deepEqual(featuresOfOpenApi(document, '/predict', 'x'), expected);
  });

  it('are refused with the source when there are none', () => {
    for (const document of [null, [], {}, documentWith({ type: 'string' })]) {
      assert.throws(
        () => featuresOfOpenApi(document, '/predict', 'http://x/openapi.json'),
        /^Error: http:\/\/x\/openapi\.json: describes no JSON object for POST \/predict/,
      );
    }
  });
});

import { readFile, writeFile } from 'node:fs/promises';
import { Problem, errorCodes } from '@trunkline/contract/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOperations } from '../bindings.ts';
import { version } from '../start-app.ts';
import { createTestApp } from '../testing/test-app.ts';
import type { TestApp } from '../testing/test-app.ts';
import { startTestHttp } from '../testing/test-http.ts';
import type { TestHttp } from '../testing/test-http.ts';
import type { Admission } from '../modules/limits/limiter.ts';
import { limitHeaders } from './limit-headers.ts';
import { openApiDocument } from './openapi.ts';

type Json = Record<string, unknown>;
interface Endpoint {
  operationId: string;
  tags: string[];
  summary: string;
  parameters?: { name: string; in: string; required: boolean; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json }> };
  responses: Record<
    string,
    { description?: string; headers?: Json; content?: Record<string, { schema: Json }>; $ref?: string }
  >;
  security: Record<string, string[]>[];
}

const committed = new URL('../../../../docs/openapi.json', import.meta.url);
const document = openApiDocument(version);
const paths = document['paths'] as Record<string, Record<string, Endpoint>>;
const endpoints = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, endpoint]) => ({ path, method, endpoint })),
);

/** Every object inside a JSON value. */
function* objectsIn(value: unknown): Generator<Json> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Json;
  for (const member of Object.values(value)) yield* objectsIn(member);
}

describe('the OpenAPI document', () => {
  it('is the one in docs/openapi.json (UPDATE_DOCS=1 writes it anew)', async () => {
    const text = `${JSON.stringify(document, null, 2)}\n`;
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(committed, text);
    expect(JSON.parse(await readFile(committed, 'utf8'))).toEqual(JSON.parse(text));
  });

  it('has the parts of an OpenAPI 3.1 document', () => {
    expect(document['openapi']).toMatch(/^3\.1\.\d$/);
    expect(document['info']).toMatchObject({ title: expect.any(String) as unknown, version });
    const known = new Set((document['tags'] as { name: string }[]).map(({ name }) => name));
    const schemes = Object.keys((document['components'] as { securitySchemes: Json }).securitySchemes);
    for (const { path, method, endpoint } of endpoints) {
      expect(path).toMatch(/^\/api\/(v1|company)\//);
      expect(['get', 'put', 'post', 'patch', 'delete']).toContain(method);
      expect(endpoint.summary.length).toBeGreaterThan(3);
      for (const tag of endpoint.tags) expect(known).toContain(tag);
      for (const scheme of endpoint.security.flatMap((one) => Object.keys(one))) {
        expect(schemes).toContain(scheme);
      }
      for (const [status, response] of Object.entries(endpoint.responses)) {
        expect(status).toMatch(/^([2-5]\d\d|default)$/);
        expect(typeof (response.$ref ?? response.description)).toBe('string');
      }
    }
  });

  it('has unique operation ids', () => {
    const ids = endpoints.map(({ endpoint }) => endpoint.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
  });

  it('declares every parameter of every path once, required, and no field twice', () => {
    for (const { path, method, endpoint } of endpoints) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (endpoint.parameters ?? []).filter((one) => one.in === 'path');
      expect([method, path, declared.map(({ name }) => name)]).toEqual([method, path, inPath]);
      for (const parameter of endpoint.parameters ?? []) {
        expect(['path', 'query']).toContain(parameter.in);
        expect(Object.keys(parameter.schema).length).toBeGreaterThan(0);
        expect(parameter.required || parameter.in === 'query').toBe(true);
      }
      const body = endpoint.requestBody?.content['application/json']?.schema['properties'] ?? {};
      expect(Object.keys(body).filter((name) => inPath.includes(name))).toEqual([]);
      const mayHaveBody = method !== 'get' && method !== 'delete';
      expect(mayHaveBody || endpoint.requestBody === undefined).toBe(true);
    }
  });

  it('has only references that lead somewhere', () => {
    const references = [...objectsIn(document)].flatMap((one) =>
      typeof one['$ref'] === 'string' ? [one['$ref']] : [],
    );
    expect(references.length).toBeGreaterThan(endpoints.length);
    for (const reference of new Set(references)) {
      const target = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((value, part) => (value as Json | undefined)?.[part], document);
      expect([reference, typeof target]).toEqual([reference, 'object']);
    }
  });

  it('requires only fields that it describes', () => {
    for (const schema of objectsIn(document)) {
      if (!Array.isArray(schema['required']) || typeof schema['properties'] !== 'object') continue;
      const described = Object.keys(schema['properties'] ?? {});
      expect(schema['required'].filter((name) => !described.includes(String(name)))).toEqual([]);
    }
  });

  it('has every REST route with its status, and nothing else', () => {
    const routes = allOperations.flatMap((operation) =>
      operation.rest.filter(({ hidden }) => !hidden).map((route) => ({ operation, route })),
    );
    for (const { operation, route } of routes) {
      const endpoint = paths[route.path]?.[route.method.toLowerCase()];
      expect([route.path, Object.keys(endpoint?.responses ?? {})]).toEqual([
        route.path,
        [
          String(route.status ?? 200),
          ...(route.maybeAccepted ? ['202'] : []),
          ...(operation.people ? [] : ['429']),
          'default',
        ],
      ]);
      expect(endpoint?.tags).toEqual([operation.tag]);
    }
    expect(endpoints.length).toBe(routes.length);
  });

  it('shows an example of a problem that is one, and names every error code', () => {
    const { responses } = document['components'] as {
      responses: { Problem: { description: string; content: Record<string, { example: unknown }> } };
    };
    const { example } = responses.Problem.content['application/problem+json'] ?? {};
    expect(Problem.parse(example)).toEqual(example);
    for (const code of Object.keys(errorCodes)) expect(responses.Problem.description).toContain(code);
  });

  it('names the headers of limits, of every operation for keys and of no other, as answers have them', async () => {
    const admission: Admission = {
      admitted: true,
      state: { quota: 'minute', limit: 1, remaining: 1, endsAt: 0 },
      resetSeconds: 1,
      limits: { keyPerMinute: 1, keyPerHour: 1, organizationPerHour: 1 },
    };
    const sent = limitHeaders(admission).map(([name]) => name);
    const named = (of: { headers?: Json } | undefined) =>
      Object.keys(of?.headers ?? {}).map((name) => name.toLowerCase());
    for (const { method, path, endpoint } of endpoints) {
      const forKeys = endpoint.security.some((one) => 'apiKey' in one);
      for (const [status, response] of Object.entries(endpoint.responses)) {
        if (!status.startsWith('2')) continue;
        expect([method, path, named(response)]).toEqual([method, path, forKeys ? sent : []]);
      }
      expect([path, endpoint.responses['429']]).toEqual([
        path,
        forKeys ? { $ref: '#/components/responses/RateLimited' } : undefined,
      ]);
    }
    const { responses } = document['components'] as { responses: { RateLimited: { headers: Json } } };
    expect(named(responses.RateLimited)).toEqual(['retry-after', ...sent]);
  });

  it('documents the fields that only the company addresses have', () => {
    const created = paths['/api/company/webhooks']?.['post'];
    const answer = created?.responses['201']?.content?.['application/json']?.schema;
    expect(answer?.['required']).toEqual(expect.arrayContaining(['companyId', 'signingSecret', 'secret']));
    expect(created?.requestBody?.content['application/json']?.schema['required']).toEqual(['url', 'events']);
  });
});

describe('over HTTP', () => {
  let test: TestApp;
  let http: TestHttp;
  beforeAll(async () => {
    test = await createTestApp();
    http = await startTestHttp(test.app);
  });
  afterAll(async () => {
    await http?.close();
    await test?.close();
  });

  it('is served to anyone', async () => {
    const answer = await http.call('GET', '/api/openapi.json');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.json).toEqual(JSON.parse(JSON.stringify(openApiDocument(test.app.version))));
  });

  it('is browsable at /docs with files of this server only, within the policy of that page', async () => {
    const page = await http.call('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const references = [...page.text.matchAll(/(?:src|href|spec-url)="([^"]*)"/g)].map((match) => match[1]);
    expect(references).toEqual(['/favicon.svg', '/docs/rapidoc.js', '/api/openapi.json']);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self'");
    // No inline script, which the policy would stop.
    expect(page.text).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|\son\w+="/);
    const script = await http.call('GET', '/docs/rapidoc.js');
    expect(script.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(script.text).toContain('rapi-doc');
  });

  it('explains every error code at the address that its problems name', async () => {
    for (const code of Object.keys(errorCodes)) {
      const page = await http.call('GET', `/docs/errors/${code}`);
      expect([code, page.status, page.text.includes(`\`${code}\``)]).toEqual([code, 200, true]);
    }
    for (const code of ['nothing', 'constructor', '..%2f..%2fREADME']) {
      expect([code, (await http.call('GET', `/docs/errors/${code}`)).status]).toEqual([code, 404]);
    }
  });
});

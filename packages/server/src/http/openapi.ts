import { errorCodes, Problem } from '@trunkline/contract/errors';
import type { Operation, RestRoute } from '@trunkline/contract/operation';
import { z } from 'zod';
import { allOperations } from '../bindings.ts';
import { makeProblem } from './problem.ts';
import { views } from './views.ts';

type Json = Record<string, unknown>;

/** JSON Schema of an input or output, as OpenAPI 3.1 takes it. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return json;
}

function pathParameters(route: RestRoute): string[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
}

function parameter(name: string, place: 'path' | 'query', schema: unknown, required: boolean): Json {
  const { description, ...rest } = (schema ?? {}) as Json;
  return { name, in: place, required, ...(description ? { description } : {}), schema: rest };
}

function without(schema: Json, names: readonly string[]): Json {
  const properties = { ...(schema['properties'] as Json | undefined) };
  for (const name of names) delete properties[name];
  const required = ((schema['required'] as string[] | undefined) ?? []).filter(
    (name) => !names.includes(name),
  );
  return { ...schema, properties, ...(required.length > 0 ? { required } : { required: undefined }) };
}

/** What `limitHeaders` adds to an answer to a key. */
const limitHeaders: Record<string, Json> = {
  'RateLimit-Policy': {
    description: 'Every limit with its quota `q` and its window `w` in seconds.',
    schema: { type: 'string' },
    example: '"minute";q=100;w=60, "hour";q=1000;w=3600, "organization";q=10000;w=3600',
  },
  RateLimit: {
    description:
      'The nearest limit: `r` requests are left, for `t` seconds. Like the others, only where requests are limited, and only in answers to API keys.',
    schema: { type: 'string' },
    example: '"minute";r=42;t=17',
  },
  'X-RateLimit-Limit': {
    description: 'Requests that the nearest limit allows.',
    schema: { type: 'integer' },
  },
  'X-RateLimit-Remaining': { description: 'Requests that are left of it.', schema: { type: 'integer' } },
  'X-RateLimit-Reset': {
    description: 'When its window ends, in seconds since the epoch.',
    schema: { type: 'integer' },
  },
};
const limitHeaderReferences = Object.fromEntries(
  Object.keys(limitHeaders).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
);

function describeRoute(operation: Operation, route: RestRoute): Json {
  const view = route.view === undefined ? undefined : views[route.view];
  const plainInput = schemaOf(operation.input, 'input');
  const input = view?.inputSchema?.(plainInput) ?? plainInput;
  const plainOutput = schemaOf(operation.output, 'output');
  const output = view?.outputSchema(plainOutput) ?? plainOutput;
  const properties = (input['properties'] as Json | undefined) ?? {};
  const required = (input['required'] as string[] | undefined) ?? [];
  const inPath = pathParameters(route);
  const hasBody = route.method === 'POST' || route.method === 'PUT' || route.method === 'PATCH';
  const parameters = inPath.map((name) => parameter(name, 'path', properties[name], true));
  if (!hasBody) {
    for (const [name, schema] of Object.entries(properties)) {
      if (!inPath.includes(name)) parameters.push(parameter(name, 'query', schema, required.includes(name)));
    }
  }
  const body = input['properties'] ? without(input, inPath) : input;
  const takesBody = hasBody && (!input['properties'] || Object.keys(body['properties'] as Json).length > 0);
  const status = String(route.status ?? 200);
  // Only requests with API keys are limited, and people alone are asked who they are otherwise.
  const headers = operation.people ? {} : { headers: limitHeaderReferences };
  return {
    operationId: operationIdOf(operation, route),
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(takesBody
      ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } }
      : {}),
    responses: {
      [status]:
        status === '204'
          ? { description: 'Done.', ...headers }
          : {
              description: 'Done.',
              ...headers,
              content: { 'application/json': { schema: output } },
            },
      ...(route.maybeAccepted && {
        '202': {
          description: 'Not done yet.',
          ...headers,
          content: { 'application/json': { schema: output } },
        },
      }),
      ...(!operation.people && { '429': { $ref: '#/components/responses/RateLimited' } }),
      default: { $ref: '#/components/responses/Problem' },
    },
    security: operation.people ? [{ session: [] }] : [{ apiKey: [] }, { session: [] }],
  };
}

/** The OpenAPI 3.1 document of the REST API, made from the schemas that validate its requests (KEY-5). */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Json> = {};
  const tags = new Set<string>();
  for (const operation of allOperations) {
    for (const route of operation.rest) {
      if (route.hidden) continue;
      tags.add(operation.tag);
      (paths[route.path] ??= {})[route.method.toLowerCase()] = describeRoute(operation, route);
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Trunkline API',
      version,
      description:
        'Send events, manage webhooks and their deliveries. Errors are problem+json with a stable `code`. Lists are pages of `data` with `nextCursor`. Any POST may carry an `Idempotency-Key`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...tags].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: "The organization's API key, `tl_live_…`." },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'trunkline_session',
          description: 'A signed-in person.',
        },
      },
      schemas: { Problem: schemaOf(Problem, 'output') },
      headers: {
        ...limitHeaders,
        'Retry-After': {
          description: 'Seconds until another attempt makes sense.',
          schema: { type: 'integer' },
        },
      },
      responses: {
        RateLimited: {
          description: 'A limit on requests is used up: `rate_limited`.',
          headers: {
            'Retry-After': { $ref: '#/components/headers/Retry-After' },
            ...limitHeaderReferences,
          },
          content: {
            'application/problem+json': {
              schema: { $ref: '#/components/schemas/Problem' },
              example: makeProblem(
                'rate_limited',
                '100 requests a minute with one key are allowed. Try again in 17 s.',
                'req_019ab1276a007d21',
              ),
            },
          },
        },
        Problem: {
          description: `An error. Codes: ${Object.keys(errorCodes).join(', ')}.`,
          content: {
            'application/problem+json': {
              schema: { $ref: '#/components/schemas/Problem' },
              example: makeProblem('not_found', 'There is no such webhook.', 'req_019ab1276a007d21'),
            },
          },
        },
      },
    },
  };
}

/** The operation's name; an address under another resource says whose: `listLogsOfIntegration`. */
function operationIdOf({ name, rest }: Operation, route: RestRoute): string {
  if (!route.path.startsWith('/api/v1')) return `${name}Company`;
  if (rest.find(({ path }) => path.startsWith('/api/v1')) === route) return name;
  const parent = /\/([a-z])([a-z-]*?)s?\/\{/.exec(route.path);
  return parent ? `${name}Of${parent[1]!.toUpperCase()}${parent[2]!}` : name;
}

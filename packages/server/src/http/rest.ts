import type { Operation, RestRoute } from '@trunkline/contract/operation';
import type { Hono } from 'hono';
import { z } from 'zod';
import { authorize } from '../authorize.ts';
import { allOperations, callOperation } from '../bindings.ts';
import type { Ctx } from '../ctx.ts';
import { AppError } from '../errors.ts';
import { parseExact } from '../lib/exact-json.ts';
import { bodyLimit, eventsBodyLimit, readBody } from './body.ts';
import { withIdempotencyKey } from './idempotency.ts';
import { toHonoPath } from './method-not-allowed.ts';
import type { RestAnswer } from './rest-answer.ts';
import { views } from './views.ts';

export interface RestEnv {
  Variables: { ctx: Ctx; endpoint: string };
}

/** Registers every REST address of every operation. */
export function registerRest(app: Hono<RestEnv>): void {
  for (const operation of allOperations) {
    const lists = listFields(operation);
    const parse = operation.name === 'sendEvents' ? parseExact : JSON.parse;
    for (const route of operation.rest) {
      app.on(route.method, toHonoPath(route.path), async (c) => {
        const ctx = c.get('ctx');
        c.set('endpoint', `${route.method} ${route.path}`);
        const raw = await readBody(
          c.req.raw,
          operation.name === 'sendEvents' ? eventsBodyLimit : (operation.maxBodyBytes ?? bodyLimit),
        );
        const run = async () => answer(operation, route, ctx, inputOf(c.req, route, raw, lists, parse));
        const key = route.method === 'POST' ? c.req.header('idempotency-key') : undefined;
        if (key !== undefined) authorize(ctx, operation); // A stored answer is for those who may ask for it.
        const result =
          key === undefined || ctx.organizationId === null || operation.ownIdempotency === true
            ? await run()
            : await withIdempotencyKey(
                ctx,
                key,
                `${route.method} ${c.req.path}`,
                `${new URL(c.req.url).search}\n${raw}`,
                run,
              );
        for (const cookie of ctx.cookies) c.header('set-cookie', cookie, { append: true });
        if (result.replayed) c.header('idempotency-replayed', 'true');
        if (result.status === 204) return c.body(null, 204);
        c.header('content-type', 'application/json; charset=utf-8');
        return c.body(result.body, result.status);
      });
    }
  }
}

async function answer(operation: Operation, route: RestRoute, ctx: Ctx, input: unknown): Promise<RestAnswer> {
  const view = route.view === undefined ? undefined : views[route.view];
  const viewed = view?.input && isObject(input) ? view.input(input) : input;
  const output = await callOperation(operation, ctx, viewed);
  const shown = view && isObject(output) ? view.output(output, ctx) : output;
  const status = view?.status && isObject(output) ? view.status(output) : (route.status ?? 200);
  return { status, body: JSON.stringify(shown) };
}

/** Path, query and body in one input; an array body (events) stands alone. */
function inputOf(
  request: {
    param(): Record<string, string>;
    queries(): Record<string, string[]>;
    header(name: string): string | undefined;
  },
  route: RestRoute,
  raw: string,
  lists: ReadonlySet<string>,
  parse: (text: string) => unknown,
): unknown {
  const query: Record<string, unknown> = {};
  for (const [name, values] of Object.entries(request.queries()))
    query[name] = values.length === 1 && !lists.has(name) ? values[0] : values;
  const body = raw === '' ? {} : parseJson(raw, request.header('content-type'), parse);
  if (Array.isArray(body)) return body;
  if (!isObject(body)) throw new AppError('invalid_input', 'The body must be a JSON object.');
  return { ...query, ...body, ...route.fixed, ...request.param() };
}

/**
 * @param parse data of events is read without rounding, which only they can carry further
 * @throws AppError `malformed_json`
 */
export function parseJson(
  raw: string,
  contentType: string | undefined,
  parse: (text: string) => unknown = JSON.parse,
): unknown {
  let value: unknown;
  try {
    value = parse(raw);
  } catch (error) {
    throw new AppError('malformed_json', error instanceof Error ? error.message : 'It cannot be parsed.');
  }
  return contentType?.startsWith('application/cloudevents') ? fromCloudEvents(value) : value;
}

/** CloudEvents 1.0, structured mode, single or batch: id, type, subject and data are ours too. */
function fromCloudEvents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromCloudEvents);
  if (!isObject(value)) return value;
  return {
    id: value['id'],
    type: value['type'],
    subject: value['subject'] ?? undefined,
    data: value['data'] ?? {},
  };
}

/** Fields that stay a list in a query with one value. */
function listFields(operation: Operation): ReadonlySet<string> {
  const { properties = {} } = z.toJSONSchema(operation.input, { io: 'input', unrepresentable: 'any' });
  return new Set(
    Object.entries(properties).flatMap(([name, schema]) =>
      typeof schema === 'object' && schema.type === 'array' ? [name] : [],
    ),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

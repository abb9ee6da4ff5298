import { TRPCError, initTRPC } from '@trpc/server';
import type { AnyTRPCRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { ZodError } from 'zod';
import { allOperations, callOperation } from '../bindings.ts';
import type { Ctx } from '../ctx.ts';
import { AppError } from '../errors.ts';
import { bodyLimit, limitBody, tooLarge } from './body.ts';
import { problemOf } from './problem.ts';

/** Calls in one request; the web app sends 20 at most. */
const batchLimit = 50;

const t = initTRPC.context<Ctx>().create({
  errorFormatter({ shape, error, ctx }) {
    const { problem, retryAfterSeconds } = problemOf(reasonOf(error), ctx?.request.id ?? '');
    return {
      ...shape,
      message: problem.detail,
      data: { code: shape.data.code, httpStatus: problem.status, problem, retryAfterSeconds },
    };
  },
});

const trpcCodes: Record<number, TRPCError['code']> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  422: 'UNPROCESSABLE_CONTENT',
  429: 'TOO_MANY_REQUESTS',
  503: 'SERVICE_UNAVAILABLE',
};

/** What our own code threw; for tRPC's own refusals (no such procedure, no JSON) the error that says the same. */
function reasonOf(error: TRPCError): unknown {
  if (error.cause instanceof AppError || error.cause instanceof ZodError) return error.cause;
  switch (error.code) {
    case 'NOT_FOUND':
      return new AppError('not_found', error.message);
    case 'METHOD_NOT_SUPPORTED':
      return new AppError('method_not_allowed', error.message);
    case 'PARSE_ERROR':
    case 'BAD_REQUEST':
    case 'UNSUPPORTED_MEDIA_TYPE':
      return new AppError('malformed_json', error.message);
    default:
      return error.cause ?? error;
  }
}

/** The router of every operation under its procedure path, e.g. `integrations.createWebhook`. */
function createRouter(): AnyTRPCRouter {
  const groups: Record<string, Record<string, ReturnType<typeof procedureOf>>> = {};
  for (const operation of allOperations) {
    const [group, name] = operation.procedure.split('.');
    if (!group || !name) throw new Error(`${operation.procedure} is not of the form group.name`);
    (groups[group] ??= {})[name] = procedureOf(operation);
  }
  return t.router(Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, t.router(group)])));
}

function procedureOf(operation: (typeof allOperations)[number]) {
  const resolve = async ({ ctx, input }: { ctx: Ctx; input: unknown }) => {
    try {
      return await callOperation(operation, ctx, input);
    } catch (error) {
      const { problem } = problemOf(error, ctx.request.id);
      throw new TRPCError({
        code: trpcCodes[problem.status] ?? 'INTERNAL_SERVER_ERROR',
        message: problem.detail,
        cause: error,
      });
    }
  };
  // The input is checked by callOperation, with the same schema for every front.
  const procedure = t.procedure.input((value: unknown) => value);
  return operation.kind === 'query' ? procedure.query(resolve) : procedure.mutation(resolve);
}

const endpoint = '/api/trpc';
const router = createRouter();

/** Answers a tRPC request of a caller who is known already. */
export async function handleTrpc(
  request: Request,
  ctx: Ctx,
  onError: (error: unknown) => void,
): Promise<Response> {
  const limit = limitOf(request);
  return fetchRequestHandler({
    endpoint,
    req: limitBody(request, limit, () => bodyTooLarge(limit)),
    router,
    maxBatchSize: batchLimit,
    createContext: () => ctx,
    onError: ({ error }) => onError(reasonOf(error)),
    responseMeta: ({ errors }) => {
      const headers = new Headers({ 'cache-control': 'no-store' });
      const waits = errors.map((error) => problemOf(reasonOf(error), '').retryAfterSeconds ?? 0);
      const longest = Math.max(0, ...waits);
      if (longest > 0) headers.set('retry-after', String(longest));
      for (const cookie of ctx.cookies) headers.append('set-cookie', cookie);
      return { headers };
    },
  });
}

/** How a request is counted: its procedure, if it is one; never what else stands in the address. */
export function trpcEndpoint(request: Request): string {
  const names = proceduresOf(request);
  const known = names.length === 1 && allOperations.some(({ procedure }) => procedure === names[0]);
  return `${request.method} ${endpoint}/${known ? names[0] : '…'}`;
}

/** The largest body that one of the procedures of a request takes; its address names them. */
function limitOf(request: Request): number {
  const names = proceduresOf(request);
  const limits = allOperations
    .filter(({ procedure }) => names.includes(procedure))
    .map(({ maxBodyBytes }) => maxBodyBytes ?? bodyLimit);
  return Math.max(bodyLimit, ...limits);
}

function proceduresOf(request: Request): string[] {
  return new URL(request.url).pathname
    .slice(endpoint.length + 1)
    .replaceAll('%2C', ',')
    .split(',');
}

function bodyTooLarge(limit: number): TRPCError {
  const cause = tooLarge(limit);
  return new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message: cause.message, cause });
}

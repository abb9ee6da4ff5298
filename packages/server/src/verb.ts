import type { Operation } from '@trunkline/contract/operation';
import type { z } from 'zod';
import type { Ctx } from './ctx.ts';
import { during } from './tracing/tracer.ts';

/** The function behind an operation: called with checked input by every front (REST, tRPC, command line). */
export type Verb<Op> =
  Op extends Operation<infer Input, infer Output>
    ? (ctx: Ctx, input: z.output<Input>) => Promise<z.input<Output>>
    : never;

/** Runs a verb as a span below the request's; just runs it when the request is not traced. */
export function asVerb<T>(ctx: Ctx, procedure: string, run: (ctx: Ctx) => Promise<T>): Promise<T> {
  const { span } = ctx.app;
  if (span === null) return run(ctx);
  return during(ctx.app, span.child({ name: procedure, kind: 'internal' }), (app) => run({ ...ctx, app }));
}

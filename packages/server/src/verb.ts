import type { Operation } from '@trunkline/contract/operation';
import type { z } from 'zod';
import type { Ctx } from './ctx.ts';

/** The function behind an operation: called with checked input by every front (REST, tRPC, command line). */
export type Verb<Op> =
  Op extends Operation<infer Input, infer Output>
    ? (ctx: Ctx, input: z.output<Input>) => Promise<z.input<Output>>
    : never;

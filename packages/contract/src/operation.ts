import type { z } from 'zod';
import type { Permission } from './permissions.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One REST address of an operation. Path parameters are written `{name}` and are fields of the input. */
export interface RestRoute {
  method: HttpMethod;
  path: string;
  /** Status of a success; 200 unless given. */
  status?: 200 | 201 | 202 | 204;
  /** What is not done yet is answered with 202 instead. */
  maybeAccepted?: true;
  /** Input values that this address fixes, so that two addresses may share one operation. */
  fixed?: Record<string, unknown>;
  /** Another presentation of the output for this address, made by the server's `views`. */
  view?: string;
  /** Left out of the OpenAPI document: an alias kept for an older document. */
  hidden?: boolean;
}

/**
 * One thing that the product can do. The same definition feeds input validation, tRPC, REST, OpenAPI,
 * the web client and the generated permission tests; the server binds exactly one verb to it.
 */
export interface Operation<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  /** The verb's name, unique: `createWebhook` lives in `modules/webhooks/create-webhook.ts`. */
  name: string;
  /** tRPC procedure path, e.g. `integrations.createWebhook`. */
  procedure: string;
  kind: 'query' | 'mutation';
  /** Section of the API documentation. */
  tag: string;
  summary: string;
  description?: string;
  /**
   * Who may: a permission of the matrix; `public` = no credential; `session` = any signed-in person,
   * member of an organization or not.
   */
  permission: Permission | 'public' | 'session';
  /** Persons need a fresh authentication (ACC-2). API keys cannot call it when `people` is also set. */
  fresh?: boolean;
  /** Only a signed-in person may call it, never an API key. */
  people?: boolean;
  /** Its verb handles `Idempotency-Key` by itself, beyond what every POST gets. */
  ownIdempotency?: boolean;
  /** How large a body may be, in bytes, where it is more than usual. */
  maxBodyBytes?: number;
  input: Input;
  output: Output;
  rest: RestRoute[];
}

/** Declares an operation; the types of its schemas are kept for client and server. */
export function defineOperation<I extends z.ZodType, O extends z.ZodType>(
  operation: Omit<Operation<I, O>, 'rest'> & { rest?: RestRoute[] },
): Operation<I, O> {
  return { rest: [], ...operation };
}

export type InputOf<Op> = Op extends Operation<infer I, z.ZodType> ? z.input<I> : never;
export type OutputOf<Op> = Op extends Operation<z.ZodType, infer O> ? z.output<O> : never;

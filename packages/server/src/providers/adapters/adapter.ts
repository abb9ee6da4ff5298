import type { CapabilityInput, CapabilityName, CapabilityOutput } from '@trunkline/contract/capabilities';
import type { LayoutKind } from '@trunkline/contract/exchange';
import type { CsvLayout } from '@trunkline/contract/files';

/*
 * How a provider does what a capability asks for. An adapter says what to send and what the answer means; credentials,
 * limits, retries and failover are the runtime's. A failure is whatever the provider's rules make of its answer.
 */

/** One call of the provider's API; the credentials are put in afterwards. */
export interface AdapterCall {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Behind the base URL, or a whole URL. Values in braces are filled in; {@link pathText} keeps others from it. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  json?: unknown;
  form?: readonly (readonly [name: string, value: string])[];
  multipart?: readonly Part[];
  body?: Buffer;
  /** Statuses beside 2xx that are an answer and no failure. */
  accept?: readonly number[];
  /** It changes nothing although it is no GET, so that it is never in doubt. */
  readOnly?: true;
}

/** A part of `multipart/form-data`. */
export interface Part {
  name: string;
  value: string | Buffer;
  filename?: string;
  contentType?: string;
}

export interface AdapterAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  bytes: Buffer;
  /** The body as text. */
  text: string;
  /** The body as JSON. @throws SyntaxError */
  json(): unknown;
}

/** A message for a mail server. */
export type MailToSend = CapabilityInput<'email.send'> & { messageId: string };

/** What an adapter works with. */
export interface Adapting {
  /** Entered values, settings, and what the sign-in brought. */
  readonly values: Readonly<Record<string, string>>;
  /** The same for every try of one action and different for every other: 32 characters of `0-9a-f`. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Another integration of the chain is asked when this one says that it does not have what is read. */
  readonly elsewhere: boolean;
  /** @throws what the provider's rules make of a failure */
  call(call: AdapterCall): Promise<AdapterAnswer>;
  /** Hands a message to the mail server of the connection. */
  mail(message: MailToSend): Promise<{ messageId: string; rejected: string[] }>;
  /** The folder of the connection on this server. */
  folder(): string;
  /** The layout that the organization has given to files of a kind; null when it has given none. */
  layout(kind: LayoutKind): Promise<CsvLayout | null>;
  /** An address with its signature in the query, for a time. */
  presign(path: string, seconds: number): Promise<string>;
  /** The failure that an answer stands for although its status was fine. `text` is read by the error rules. */
  failure(text: string, status?: number | null): Error;
}

/** A provider's way to do one thing. */
export interface Adapter<C extends CapabilityName> {
  /**
   * True: the provider knows a repetition with the same key, or doing it twice is doing it once. Only then an action is
   * sent again after an answer that never came.
   */
  repeatable: boolean;
  /** What risk of duplicates remains, for the documentation: one sentence or two. */
  duplicates: string;
  run(input: CapabilityInput<C>, io: Adapting): Promise<CapabilityOutput<C>>;
}

/** What a provider can do. */
export type Adapters = { readonly [C in CapabilityName]?: Adapter<C> };

/** Part of a path or query that came from a caller: percent-encoded, and without the braces of templates. */
export function pathText(text: string): string {
  return encodeURIComponent(text).replaceAll('{', '%7B').replaceAll('}', '%7D');
}

/** The value at this path of an answer, as text; undefined when there is none. */
export function textAt(value: unknown, ...path: (string | number)[]): string | undefined {
  let found: unknown = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Record<string | number, unknown>)[step];
  }
  if (typeof found === 'number' || typeof found === 'bigint') return String(found);
  return typeof found === 'string' ? found : undefined;
}

/** The list at this path of an answer; empty when there is none. */
export function listAt(value: unknown, ...path: string[]): unknown[] {
  let found: unknown = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return [];
    found = (found as Record<string, unknown>)[step];
  }
  return Array.isArray(found) ? found : [];
}

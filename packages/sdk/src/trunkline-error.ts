/** What is wrong with one field of a request. */
export interface FieldError {
  /** JSON pointer into the input, such as `/to`. */
  pointer: string;
  detail: string;
}

/** What an answer that is no success says (RFC 9457). */
export interface Refusal {
  status: number;
  code: string;
  detail: string;
  requestId: string | null;
  errors: readonly FieldError[];
  retryAfterSeconds: number | null;
}

/**
 * A request that did not succeed. `code` is one of the product's error codes, each with a page in its documentation, or
 * `unreachable` (with `status` 0) when no answer came: then `cause` says why, and whether it arrived is not known.
 */
export class TrunklineError extends Error implements Refusal {
  override readonly name = 'TrunklineError';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** Names the request in the product's logs. */
  readonly requestId: string | null;
  readonly errors: readonly FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(refusal: Refusal, options?: ErrorOptions) {
    super(`${refusal.code}: ${refusal.detail}`, options);
    this.status = refusal.status;
    this.code = refusal.code;
    this.detail = refusal.detail;
    this.requestId = refusal.requestId;
    this.errors = refusal.errors;
    this.retryAfterSeconds = refusal.retryAfterSeconds;
  }
}

/** The refusal in an answer, also in one that somebody else gave, such as a proxy in between. */
export async function readRefusal(response: Response): Promise<Refusal> {
  const text = await response.text().catch(() => '');
  const { code, detail, title, requestId, errors } = asObject(text);
  return {
    status: response.status,
    code: typeof code === 'string' ? code : `http_${response.status}`,
    detail: firstText(detail, title) ?? `The answer was HTTP ${response.status}.`,
    requestId: firstText(requestId, response.headers.get('x-request-id')),
    errors: Array.isArray(errors) ? (errors as FieldError[]) : [],
    retryAfterSeconds: secondsIn(response.headers.get('retry-after')),
  };
}

function asObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const firstText = (...values: unknown[]): string | null =>
  values.find((value): value is string => typeof value === 'string' && value !== '') ?? null;

/** Whole seconds; a date, which the product never sends, is no number. */
function secondsIn(header: string | null): number | null {
  return header !== null && /^\d+$/.test(header) ? Number(header) : null;
}

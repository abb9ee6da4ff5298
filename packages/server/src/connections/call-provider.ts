import type { App } from '../ctx.ts';
import { EgressError } from '../lib/egress/errors.ts';
import { readAnswer, requestStream } from '../lib/egress/streamed-request.ts';
import { failureOf } from '../lib/probe.ts';
import { parseRetryAfter } from '../lib/retry-after.ts';
import { createScrub, shorten } from '../lib/scrub.ts';
import { inSpan } from '../tracing/tracer.ts';
import type { Scrub } from '../lib/scrub.ts';
import type { AdapterAnswer, AdapterCall } from '../providers/adapters/adapter.ts';
import type { Failure } from '../providers/classify.ts';
import { bodyOf } from './call-body.ts';
import { calledAt } from './called.ts';
import type { Called } from './called.ts';
import { callSpan } from './call-span.ts';
import type { TokenSource } from './check.ts';
import { notAllowed } from './check-http.ts';
import { ConnectionFault } from './connection-fault.ts';
import type { Connection } from './connection.ts';
import { TemplateError } from './fill-template.ts';
import { requestFor } from './provider-request.ts';
import type { ProviderRequest, TokenValues } from './provider-request.ts';
import { signRequest } from './sign-request.ts';
import { problemOf } from './steps.ts';

/** How large an answer may be. */
const answerBytes = 16 * 1_048_576;
const longestRetryAfterMs = 86_400_000;
/** Gateways that gave up waiting: what stands behind them may have done the work. */
const doubtful = new Set([504, 520, 524]);

type CallingApp = Pick<App, 'clock' | 'config' | 'dialer' | 'reroute' | 'tracer' | 'span' | 'log'>;

/** Calls one connection's API for an adapter. */
export class ProviderCaller {
  readonly #app: CallingApp;
  readonly #connection: Connection;
  readonly #token: TokenSource | undefined;
  readonly #boundary: string;
  readonly #mask: readonly string[];
  #held: TokenValues | null = null;
  /** Something at the provider was changed by an earlier call. */
  changed = false;
  /** The last call. */
  called: Called = { host: null, requestId: null };

  /** `mask`: texts of the caller that no error may repeat. */
  constructor(
    app: CallingApp,
    connection: Connection,
    token: TokenSource | undefined,
    options: { boundary: string; mask: readonly string[] },
  ) {
    this.#app = app;
    this.#connection = connection;
    this.#token = token;
    this.#boundary = options.boundary;
    this.#mask = options.mask;
  }

  /** A valid token; null for a connection that needs none. @throws ConnectionFault */
  async token(): Promise<TokenValues | null> {
    if (this.#connection.auth.type !== 'oauth2') return null;
    if (this.#token === undefined) throw new ConnectionFault(noConsent(this.#connection.provider.name));
    this.#held ??= await this.#token();
    return this.#held;
  }

  /**
   * Makes one call. A token that is refused is renewed once.
   *
   * @throws ConnectionFault
   */
  async call(call: AdapterCall): Promise<AdapterAnswer> {
    const token = await this.token();
    const first = await this.#send(call, token);
    if (first.status !== 401 || token === null) return this.#judge(call, first);
    this.#held = await this.#token!(token.accessToken);
    return this.#judge(call, await this.#send(call, this.#held));
  }

  /** What the provider's rules make of an answer. */
  failure(text: string, status: number | null = null): ConnectionFault {
    return this.#fault({ status, text, mayHaveArrived: false });
  }

  async #send(call: AdapterCall, token: TokenValues | null): Promise<AdapterAnswer> {
    const request = await this.#request(call, token);
    return inSpan(this.#app, callSpan(this.#connection, request), async (_app, span) => {
      const answer = await this.#exchange(call, request);
      span?.set({ 'http.response.status_code': answer.status });
      if (answer.status >= 400) span?.fail(String(answer.status));
      return answer;
    });
  }

  async #exchange(
    call: AdapterCall,
    { url, method, headers, body }: ProviderRequest,
  ): Promise<AdapterAnswer> {
    const timeoutMs = this.#app.config.attemptTimeoutSeconds * 1000;
    this.called = calledAt(url);
    try {
      const answer = await requestStream(
        {
          url: this.#app.reroute(this.#connection.provider.slug, url),
          method,
          headers,
          body: asBuffer(body),
        },
        { dialer: this.#app.dialer, limits: { totalMs: timeoutMs, stepMs: timeoutMs } },
      );
      this.called = calledAt(url, answer.headers);
      const bytes = await readAnswer(answer.body, { bytes: answerBytes, ms: timeoutMs });
      const text = bytes.toString('utf8');
      return {
        status: answer.status,
        headers: answer.headers,
        bytes,
        text,
        json: () => JSON.parse(text) as unknown,
      };
    } catch (error) {
      if (!(error instanceof EgressError)) throw error;
      if (error.code === 'blocked') throw new ConnectionFault(notAllowed(error.message), error);
      const { text, mayHaveArrived } = failureOf(error, 'call', this.#scrub());
      throw this.#fault({ status: null, text, mayHaveArrived: mayHaveArrived && changes(call) });
    }
  }

  async #request(call: AdapterCall, token: TokenValues | null): Promise<ProviderRequest> {
    const { body, headers } = bodyOf(call, this.#boundary);
    try {
      const request = requestFor(
        this.#connection,
        { method: call.method, path: call.path, headers: { ...headers, ...call.headers }, body },
        token,
      );
      const signed = await signRequest(this.#app, this.#connection, request);
      if (body === null && !changes(call)) return signed;
      return { ...signed, headers: { ...signed.headers, 'content-length': String(body?.length ?? 0) } };
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      throw new ConnectionFault(unfit(error.message), error);
    }
  }

  #judge(call: AdapterCall, answer: AdapterAnswer): AdapterAnswer {
    const { status, headers, text } = answer;
    if ((status >= 200 && status < 300) || call.accept?.includes(status) === true) {
      this.changed ||= changes(call) && status < 300;
      return answer;
    }
    const mayHaveArrived = doubtful.has(status) && changes(call);
    const retryAfterMs = parseRetryAfter(headers['retry-after'], this.#app.clock(), longestRetryAfterMs);
    throw this.#fault({ status, text, mayHaveArrived, readOnly: !changes(call) }, retryAfterMs);
  }

  #fault(seen: Failure, retryAfterMs: number | null = null): ConnectionFault {
    const problem = problemOf(this.#connection.provider, seen);
    const words = shorten(this.#scrub()(seen.text.slice(0, 2_000)).replace(/\s+/g, ' ').trim()).slice(0, 300);
    // What is wrong with this very call, only the provider can say.
    const explained = (problem.fault === 'badInput' || problem.fault === 'unknown') && words !== '';
    const cause = explained ? `${problem.cause} It says: ${words}` : problem.cause;
    return new ConnectionFault({ ...problem, cause }, undefined, retryAfterMs);
  }

  #scrub(): Scrub {
    const { auth, values } = this.#connection;
    const secrets = auth.fields.filter(({ secret }) => secret).map(({ key }) => values[key] ?? '');
    return createScrub([...secrets, this.#held?.accessToken ?? '', ...this.#mask]);
  }
}

function changes(call: AdapterCall): boolean {
  return call.method !== 'GET' && call.method !== 'HEAD' && call.readOnly !== true;
}

const asBuffer = (body: string | Buffer | null): Buffer | null =>
  typeof body === 'string' ? Buffer.from(body) : body;

function noConsent(name: string): ConnectionFault['problem'] {
  return {
    fault: 'reauth',
    title: 'Not connected yet',
    cause: `Nobody has given consent at ${name}.`,
    fix: 'Connect it.',
    link: null,
  };
}

function unfit(cause: string): ConnectionFault['problem'] {
  return {
    fault: 'config',
    title: 'A value does not fit',
    cause,
    fix: 'Correct it and test again.',
    link: null,
  };
}

import type { OAuthSide } from '../auth/oauth-side.ts';
import type { SandboxProvider } from '../definition.ts';
import { startSandbox } from '../sandbox.ts';
import type { Sandbox, SandboxOptions } from '../sandbox.ts';

export interface CallOptions {
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as a form. */
  form?: Record<string, string>;
  body?: string | FormData | Uint8Array;
  headers?: Record<string, string>;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Null when it is no JSON. */
  json: unknown;
}

export interface OpenSandbox {
  sandbox: Sandbox;
  values: Readonly<Record<string, string>>;
  call(method: string, url: string, options?: CallOptions): Promise<Answer>;
}

/** An authorization server that knows these tokens and their scopes. */
export function tokensFor(tokens: Readonly<Record<string, readonly string[]>>): OAuthSide {
  return {
    handle: async () => null,
    tokenOf(_, token) {
      const scopes = tokens[token];
      return scopes ? { active: true, scopes, clientId: 'any', place: {} } : null;
    },
    revokeAll: () => undefined,
  };
}

/** A sandbox with one of the providers, and a client that calls it by its real addresses. */
export async function openSandbox(
  definitions: readonly SandboxProvider[],
  slug: string,
  options: Omit<SandboxOptions, 'providers'> = {},
): Promise<OpenSandbox> {
  const definition = definitions.find((each) => each.slug === slug);
  if (!definition) throw new Error(`there is no provider ${slug}`);
  const sandbox = await startSandbox({ countLimits: false, ...options, providers: [definition] });
  return {
    sandbox,
    values: sandbox.account(slug).values,
    async call(method, url, { json, form, body, headers = {} } = {}) {
      const content = json === undefined ? (form ? new URLSearchParams(form) : body) : JSON.stringify(json);
      const response = await fetch(sandbox.reroute(slug, url), {
        method,
        headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(content === undefined ? {} : { body: content }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: parsed(text) };
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

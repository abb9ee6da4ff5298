import type { CheckProblem } from '@trunkline/contract/checks';
import type { App } from '../ctx.ts';
import { probeHttp } from '../lib/http-probe.ts';
import type { HttpAnswer, HttpVerdict } from '../lib/http-probe.ts';
import { classify } from '../providers/classify.ts';
import type { HealthCheck } from '../providers/provider.ts';
import type { Connection } from './connection.ts';
import { TemplateError } from './fill-template.ts';
import { requestFor } from './provider-request.ts';
import type { ProviderRequest, TokenValues } from './provider-request.ts';
import { signRequest } from './sign-request.ts';
import { problemOf } from './steps.ts';
import type { CheckRun } from './steps.ts';

type HttpCheck = Extract<HealthCheck, { kind: 'http' }>;

/** The outcome of a check's call; `status` lets the caller renew a token that was refused. */
export interface HttpFinding {
  problem: CheckProblem | null;
  status: number | null;
}

/** Asks the provider the harmless question of its definition and judges the answer by its rules. */
export async function checkHttp(
  app: Pick<App, 'clock' | 'dialer' | 'reroute'>,
  run: CheckRun,
  connection: Connection,
  health: HttpCheck,
  token: TokenValues | null,
): Promise<HttpFinding> {
  const { provider } = connection;
  const headers: Record<string, string> = {};
  if (health.contentType !== undefined) headers['content-type'] = health.contentType;
  let request: ProviderRequest;
  try {
    const call = { method: health.method, path: health.path, headers, body: health.body ?? null };
    request = await signRequest(app, connection, requestFor(connection, call, token));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    run.add('values', 'Values', 'failed', error.message);
    return { problem: unfit(error.message), status: null };
  }
  const result = await probeHttp(
    {
      ...request,
      url: app.reroute(provider.slug, request.url),
      secrets: secretsOf(connection, token),
      judge: (answer) => judge(health, answer),
      label: `Ask ${provider.name}`,
    },
    { dialer: app.dialer, ...(run.observe && { observe: run.observe }) },
  );
  const { failure } = result;
  if (failure === null) {
    run.addAll(result.steps);
    return { problem: null, status: result.answer?.status ?? null };
  }
  run.failedWith(failure);
  // A check changes nothing at the provider, so that an answer that did not come is an outage and not a doubt.
  const seen = { status: failure.status, text: failure.text, mayHaveArrived: false, readOnly: true };
  const { fault, unclear } = classify(provider, seen);
  // Where the answer does not tell the one from the other, it stays a call that was refused.
  const named = unclear
    ? undefined
    : ({ reauth: 'authentication', scope: 'permission' } as const)[fault as 'reauth'];
  run.addAll(
    result.steps.map((step) =>
      step.key === 'call' && step.status === 'failed' && named !== undefined ? { ...step, key: named } : step,
    ),
  );
  const blocked = failure.code === 'blocked' ? notAllowed(failure.message) : null;
  return { problem: blocked ?? problemOf(provider, seen), status: failure.status };
}

function judge(health: HttpCheck, { status, body }: HttpAnswer): HttpVerdict {
  const expected = health.expect.includes(status);
  const ok = expected && (health.mustContain === undefined || body.includes(health.mustContain));
  if (ok) return { ok, detail: `It answers ${status}.` };
  const line = body.replace(/\s+/g, ' ').trim();
  // It is shortened after secrets were masked, so that no half of one is left.
  return { ok, detail: `It answers ${status}${line === '' ? '.' : `: ${line}`}` };
}

/** Masked wherever the provider repeats them. */
function secretsOf({ auth, values }: Connection, token: TokenValues | null): string[] {
  return auth.fields
    .filter(({ secret }) => secret)
    .map(({ key }) => values[key] ?? '')
    .concat(token?.accessToken ?? '')
    .filter((secret) => secret !== '');
}

function unfit(cause: string): CheckProblem {
  return {
    fault: 'config',
    title: 'A value does not fit',
    cause,
    fix: 'Correct it and test again.',
    link: null,
  };
}

/** The address guard refused; the provider has no part in it. */
export function notAllowed(cause: string): CheckProblem {
  return {
    fault: 'config',
    title: 'The address is not allowed',
    cause,
    fix: 'Use a public address, or ask the operator to allow this one in TRUNKLINE_EGRESS_ALLOW.',
    link: null,
  };
}

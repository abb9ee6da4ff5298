import type { CheckProblem } from '@trunkline/contract/checks';
import type { App } from '../ctx.ts';
import { EgressError } from '../lib/egress/errors.ts';
import type { HealthCheck } from '../providers/provider.ts';
import type { Connection } from './connection.ts';
import { TemplateError } from './fill-template.ts';
import { requestFor } from './provider-request.ts';
import type { TokenValues } from './provider-request.ts';
import { send } from './send.ts';
import { problemOf } from './steps.ts';
import type { CheckRun } from './steps.ts';

type HttpCheck = Extract<HealthCheck, { kind: 'http' }>;

const timeoutMs = 12_000;
/** What of an answer may stand in a step. */
const shownLength = 200;

/** The outcome of a check's call; `status` lets the caller renew a token that was refused. */
export interface HttpFinding {
  problem: CheckProblem | null;
  status: number | null;
  body: string;
}

/** Asks the provider the harmless question of its definition and judges the answer by its rules. */
export async function checkHttp(
  app: Pick<App, 'sender' | 'reroute' | 'clock'>,
  run: CheckRun,
  connection: Connection,
  health: HttpCheck,
  token: TokenValues | null,
): Promise<HttpFinding> {
  const { provider } = connection;
  const label = `Ask ${provider.name}`;
  const headers: Record<string, string> = {};
  if (health.contentType !== undefined) headers['content-type'] = health.contentType;
  try {
    const request = requestFor(
      connection,
      { method: health.method, path: health.path, headers, body: health.body ?? null },
      token,
    );
    const answer = await send(app, connection, request, timeoutMs);
    const works =
      health.expect.includes(answer.status) &&
      (health.mustContain === undefined || answer.body.includes(health.mustContain));
    if (works) {
      run.add('call', label, 'ok', `It answers ${answer.status}.`);
      return { problem: null, status: answer.status, body: answer.body };
    }
    const problem = problemOf(provider, { status: answer.status, text: answer.body, mayHaveArrived: false });
    const key =
      problem.fault === 'reauth' ? 'authentication' : problem.fault === 'scope' ? 'permission' : 'call';
    run.add(key, label, 'failed', `It answers ${answer.status}: ${shown(answer.body, connection, token)}`);
    return { problem, status: answer.status, body: answer.body };
  } catch (error) {
    return { problem: failed(run, connection, label, error), status: null, body: '' };
  }
}

function failed(run: CheckRun, connection: Connection, label: string, error: unknown): CheckProblem {
  if (error instanceof TemplateError) {
    run.add('values', 'Values', 'failed', error.message);
    return {
      fault: 'config',
      title: 'A value does not fit',
      cause: error.message,
      fix: 'Correct it and test again.',
      link: null,
    };
  }
  if (!(error instanceof EgressError)) throw error;
  const step =
    ({ dns: 'dns', blocked: 'dns', connect: 'tcp', tls: 'tls' } as const)[error.code as 'dns'] ?? 'call';
  run.add(step, label, 'failed', error.message);
  if (error.code === 'blocked') {
    return {
      fault: 'config',
      title: 'The address is not allowed',
      cause: error.message,
      fix: 'Use a public address, or ask the operator to allow this one in TRUNKLINE_EGRESS_ALLOW.',
      link: null,
    };
  }
  // A check changes nothing at the provider, so that an answer that did not come is an outage and not a doubt.
  return problemOf(connection.provider, {
    status: null,
    text: `${error.code} ${error.message}`,
    mayHaveArrived: false,
  });
}

/** The beginning of an answer, with every credential in it masked: some providers repeat what they refuse. */
function shown(body: string, connection: Connection, token: TokenValues | null): string {
  const secrets = connection.auth.fields
    .filter(({ secret }) => secret)
    .map(({ key }) => connection.values[key] ?? '')
    .concat(token?.accessToken ?? '')
    .filter((secret) => secret.length >= 4);
  const masked = secrets.reduce((text, secret) => text.replaceAll(secret, '•••'), body);
  const line = masked.replace(/\s+/g, ' ').trim();
  if (line === '') return 'an empty answer.';
  return line.length > shownLength ? `${line.slice(0, shownLength)}…` : line;
}

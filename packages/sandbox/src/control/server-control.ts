import type { SandboxReply } from '../exchange.ts';
import type { ControlRequest } from '../http-front.ts';
import { json } from '../operations.ts';
import type { SandboxServer } from '../server.ts';
import { allowing, bodyOf, problem } from './replies.ts';

/** At most so many of what a server holds are shown. */
const shown = 100;

/** A server in the list of providers. */
export function serverSummary({ slug, name, condition, visits, items }: SandboxServer) {
  return {
    slug,
    name,
    condition: condition(),
    overHttp: false,
    calls: visits()[0]?.number ?? 0,
    sent: items().length,
  };
}

/** Answers the calls about one server: the same addresses as those of a provider, and the files that it holds. */
export function serverControl(
  server: SandboxServer,
  part: string | undefined,
  request: ControlRequest,
): Promise<SandboxReply> {
  switch (part) {
    case undefined:
      return request.method === 'PUT'
        ? change(server, request)
        : allowing(['GET', 'PUT'], request, () => json(200, details(server)));
    case 'traffic':
      return allowing(['GET'], request, () => json(200, { data: server.visits().map(shownVisit) }));
    case 'sent':
      return allowing(['GET'], request, () => json(200, { data: server.items().slice(0, shown) }));
    case 'files':
      return allowing(['POST'], request, () => place(server, request));
    default:
      return Promise.resolve(problem(404, 'There is nothing here.'));
  }
}

async function change(server: SandboxServer, request: ControlRequest): Promise<SandboxReply> {
  const wanted = bodyOf(request)?.['condition'];
  const found = server.conditions.find(({ condition }) => condition === wanted);
  if (!found) {
    const all = server.conditions.map(({ condition }) => condition).join(', ');
    return problem(400, `Say in JSON which condition: one of ${all}.`);
  }
  await server.setCondition(found.condition);
  return json(200, details(server));
}

function place({ put }: SandboxServer, request: ControlRequest): SandboxReply {
  if (put === null) return problem(404, 'There is nothing here.');
  const { path, content } = bodyOf(request) ?? {};
  if (typeof path !== 'string' || !/[^/]$/.test(path) || typeof content !== 'string')
    return problem(400, 'Say in JSON which file: {"path": "/inbox/answer.txt", "content": "…"}.');
  put(path, content);
  return json(200, { path });
}

/** With the credentials: they are made up, and are there to be copied. */
function details(server: SandboxServer) {
  const { conditions, address, credentials, put } = server;
  return {
    ...serverSummary(server),
    conditions,
    baseUrl: address,
    byOAuth: false,
    credentials,
    webhookEvents: [],
    takesFiles: put !== null,
  };
}

/** As a call of a provider is shown. */
function shownVisit({
  number,
  at,
  verb,
  subject,
  result,
  good,
}: ReturnType<SandboxServer['visits']>[number]) {
  return {
    number,
    at,
    method: verb,
    url: subject,
    credentials: null,
    status: null,
    durationMs: null,
    outcome: result,
    good,
  };
}

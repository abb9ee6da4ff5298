import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import type { CheckProblem } from '@trunkline/contract/checks';
import { adaptConnection } from '../../connections/adapting.ts';
import type { AdaptedConnection } from '../../connections/adapting.ts';
import type { Called } from '../../connections/called.ts';
import { ConnectionFault } from '../../connections/connection-fault.ts';
import type { Connection } from '../../connections/connection.ts';
import type { App } from '../../ctx.ts';
import { stackFrames } from '../../lib/stack-frames.ts';
import { inSpan } from '../../tracing/tracer.ts';
import type { Adapter } from '../../providers/adapters/adapter.ts';
import { MissingObject } from '../../providers/adapters/missing-object.ts';
import { readsStored } from './rules.ts';

/** What came of asking one integration once. */
export interface AttemptResult {
  outcome: 'succeeded' | 'failed' | 'ambiguous';
  /** Of a success: the store answered that it does not have what was to be read; there is no result. */
  problem: CheckProblem | null;
  /** The capability's output, checked; only of a success. */
  result?: unknown;
  retryAfterMs: number | null;
  durationMs: number;
  /** Its last call; null when none was made over HTTP. */
  called: Called | null;
  /** Where in the code an unexpected error came from. */
  stack?: string | undefined;
}

interface Asked {
  capability: CapabilityName;
  input: unknown;
  key: string;
  elsewhere?: boolean;
  /** Of the attempts at an action, from 1. */
  number?: number;
}

/** Asks one integration once to do it, and judges what came of it. Throws nothing. */
export async function attempt(app: App, connection: Connection, asked: Asked): Promise<AttemptResult> {
  const { capability, number } = asked;
  return inSpan(
    app,
    {
      name: `attempt ${capability}`,
      kind: 'internal',
      attributes: {
        'trunkline.capability': capability,
        'trunkline.provider': connection.provider.slug,
        'trunkline.integration.id': connection.integrationId,
        'trunkline.attempt.number': number,
      },
    },
    async (inner, span) => {
      const result = await ask(inner, connection, asked);
      span?.set({ 'trunkline.attempt.outcome': result.outcome });
      if (result.outcome !== 'succeeded') span?.fail(result.problem?.fault ?? 'unknown');
      return result;
    },
  );
}

async function ask(
  app: App,
  connection: Connection,
  { capability, input, key, elsewhere }: Asked,
): Promise<AttemptResult> {
  const startedAt = app.dialer.clock();
  const seen = () => ({ durationMs: app.dialer.clock() - startedAt, called: adapted?.called() ?? null });
  const adapter = connection.provider.adapters?.[capability] as Adapter<CapabilityName>;
  let adapted: AdaptedConnection | null = null;
  try {
    adapted = await adaptConnection(app, connection, { key, input, elsewhere });
    const output = await adapter.run(input as never, adapted.io);
    const result: unknown = capabilities[capability].output.parse(output);
    return { outcome: 'succeeded', problem: null, result, retryAfterMs: null, ...seen() };
  } catch (error) {
    if (error instanceof MissingObject && readsStored(capability)) {
      return { outcome: 'succeeded', problem: notThere, retryAfterMs: null, ...seen() };
    }
    if (error instanceof ConnectionFault) {
      const { problem, retryAfterMs } = error;
      const outcome = problem.fault === 'ambiguous' ? 'ambiguous' : 'failed';
      return { outcome, problem, retryAfterMs, ...seen() };
    }
    app.log.error({ err: error, integrationId: connection.integrationId, capability }, 'an adapter failed');
    // An answer that cannot be read came after the work was done.
    const stack = stackFrames(error);
    return adapted?.changed() === true
      ? { outcome: 'ambiguous', problem: unreadable, retryAfterMs: null, ...seen(), stack }
      : { outcome: 'failed', problem: misunderstood, retryAfterMs: null, ...seen(), stack };
  }
}

const notThere: CheckProblem = {
  fault: 'badInput',
  title: 'The file does not exist',
  cause: 'The store answered that it has no file under this key.',
  fix: 'Check the key.',
  link: null,
};

const unreadable: CheckProblem = {
  fault: 'ambiguous',
  title: 'The answer cannot be read',
  cause: 'The provider took the call, and its answer is not as it is documented.',
  fix: 'Look at the provider whether it was done, before sending it again.',
  link: null,
};

const misunderstood: CheckProblem = {
  fault: 'unknown',
  title: 'The answer cannot be read',
  cause: 'The answer of the provider is not as it is documented.',
  fix: 'Look at its status page, and tell the people who run this server.',
  link: null,
};

import { listSessions as operation } from '@trunkline/contract/account';
import { authorize } from '../../authorize.ts';
import { sessionsOf } from '../../identity/sessions.ts';
import { describeUserAgent } from '../../lib/user-agent.ts';
import type { Verb } from '../../verb.ts';
import { personOf, sessionOwner } from './account-transaction.ts';

/** Where the caller is signed in: this session first, then the last used. */
export const listSessions: Verb<typeof operation> = async (ctx) => {
  authorize(ctx, operation);
  const person = personOf(ctx);
  const records = await sessionsOf(ctx.app.pool, sessionOwner(person), ctx.app.clock());
  const sessions = records.map((record) => ({
    id: record.id,
    current: record.id === person.sessionId,
    method: record.method,
    browser: describeUserAgent(record.userAgent),
    address: record.address || null,
    startedAt: record.startedAt.toISOString(),
    lastSeenAt: record.lastSeenAt.toISOString(),
    expiresAt: record.expiresAt.toISOString(),
  }));
  return { sessions: sessions.sort((a, b) => Number(b.current) - Number(a.current)) };
};

import type { App, Tx } from '../../ctx.ts';
import { recordOwnEvent } from '../../outbox/record-own-event.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Fact } from './facts.ts';

/** Tells the organization's webhooks, once for each set of credentials, that it is old or expires soon (CONN-8). */
export async function remindOfCredential(
  app: App,
  tx: Tx,
  fact: Fact,
  provider: Provider | undefined,
): Promise<void> {
  const [set] = await tx.query<{ createdAt: Date; authType: string }>(
    `UPDATE integration_credentials c SET reminded_at = $2
     FROM integrations i
     WHERE c.organization_id = current_organization() AND c.integration_id = $1 AND c.state = 'current'
       AND c.reminded_at IS NULL AND i.id = c.integration_id
     RETURNING c.created_at AS "createdAt", i.auth_type AS "authType"`,
    [fact.subjectId, new Date(app.clock())],
  );
  if (!set) return;
  const passwords = ['basic', 'smtp', 'sftp'];
  await recordOwnEvent(app, tx, 'integration.credential_expiring', {
    integrationId: fact.subjectId,
    name: fact.subjectName,
    provider: provider?.slug ?? fact.topic,
    credential:
      fact.rule === 'token_expiring' ? 'token' : passwords.includes(set.authType) ? 'password' : 'api_key',
    ageDays: Math.floor((app.clock() - set.createdAt.getTime()) / 86_400_000),
    expiresAt: fact.data.expiresAt === undefined ? null : new Date(fact.data.expiresAt).toISOString(),
  });
}

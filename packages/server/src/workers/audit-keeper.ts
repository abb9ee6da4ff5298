import type { App } from '../ctx.ts';
import { checkChain } from '../modules/audit/check-chain.ts';
import { cutChain } from '../modules/audit/cut-chain.ts';
import { startSigning, writeDailyCheckpoint } from '../modules/audit/sign-chain.ts';
import { onOneNode } from './on-one-node.ts';
import { Rounds } from './rounds.ts';

/** Keeps the audit logs: checks them, signs a checkpoint a day, and removes what their organization wants no longer. */
export class AuditKeeper extends Rounds {
  constructor(app: App) {
    super(app, { everyMs: 15 * 60_000, atStart: true, failure: 'the audit logs could not be looked after' });
  }

  /** Over all organizations. One that fails holds up no other. */
  protected override round(): Promise<void> {
    return onOneNode(this.app.pool, 'auditLogs', async () => {
      const { rows } = await this.app.pool.query<{ id: string }>('SELECT id FROM organizations ORDER BY id');
      for (const { id } of rows) if (!this.stopping) await this.#keep(id);
    });
  }

  async #keep(organizationId: string): Promise<void> {
    try {
      await startSigning(this.app, organizationId);
      await checkChain(this.app, organizationId);
      await writeDailyCheckpoint(this.app, organizationId);
      await cutChain(this.app, organizationId);
    } catch (error) {
      this.app.log.warn({ err: error, organizationId }, 'the audit log could not be looked after');
    }
  }
}

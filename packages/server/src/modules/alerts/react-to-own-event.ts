import type { AlertRuleKey } from '@trunkline/contract/alert-rules';
import type { App, Tx } from '../../ctx.ts';
import type { OwnEvent } from '../../outbox/record-own-event.ts';
import { evaluate, providersBySlug } from './evaluate.ts';
import { readSettings } from './settings.ts';

const ofIntegrations: readonly AlertRuleKey[] = [
  'integration_failing',
  'integration_down',
  'reauthentication_required',
  'slow_responses',
  'token_expiring',
  'credentials_old',
  'throttled',
];
const ofWebhooks: readonly AlertRuleKey[] = ['webhook_failing', 'webhook_disabled', 'dead_letters'];

const ofLastResorts: readonly AlertRuleKey[] = ['email_waiting', 'files_kept', 'jobs_by_hand'];

/** Which rules an event makes look again, and the one whose fact it repeats. */
const concerned: Partial<Record<string, { rules: readonly AlertRuleKey[]; repeats?: AlertRuleKey }>> = {
  'integration.failed': { rules: ofIntegrations, repeats: 'integration_failing' },
  'integration.recovered': { rules: ofIntegrations },
  'integration.connected': { rules: ofIntegrations },
  'integration.disconnected': { rules: [...ofIntegrations, 'failover'] },
  'integration.reauthentication_required': { rules: ofIntegrations, repeats: 'reauthentication_required' },
  'integration.throttled': { rules: ['throttled'], repeats: 'throttled' },
  'integration.failed_over': { rules: ['failover'], repeats: 'failover' },
  'integration.restored': { rules: ['failover'] },
  'action.last_resort': { rules: ofLastResorts },
  'automation.dead_lettered': { rules: ['automation_dead_letters'], repeats: 'automation_dead_letters' },
  'inbound.failed': { rules: ['inbound_failed'], repeats: 'inbound_failed' },
  'webhook.failing': { rules: ofWebhooks, repeats: 'webhook_failing' },
  'webhook.recovered': { rules: ofWebhooks },
  'webhook.disabled': { rules: ofWebhooks, repeats: 'webhook_disabled' },
};

/**
 * What alerts do about one of the product's own events, in the transaction that passes it on: they look at its subject
 * anew. The event says where to look; what is so, the tables say. Doing it twice changes nothing.
 */
export async function reactToOwnEvent(app: App, tx: Tx, event: OwnEvent): Promise<void> {
  const concern = concerned[event.type];
  const { data } = event;
  const subjectId =
    data['integrationId'] ??
    data['webhookId'] ??
    data['automationId'] ??
    data['lastResortId'] ??
    data['sourceId'];
  if (!concern || typeof subjectId !== 'string') return;
  const round = { settings: await readSettings(tx), providers: await providersBySlug(tx) };
  for (const rule of concern.rules) {
    await evaluate(app, tx, round, rule, [subjectId], concern.repeats === rule ? { event } : {});
  }
}

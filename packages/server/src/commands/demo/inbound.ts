import { createInboundSource as operation } from '@trunkline/contract/inbound';
import type { Ctx } from '../../ctx.ts';
import { addSuppression } from '../../modules/inbound/add-suppression.ts';
import { createInboundSource } from '../../modules/inbound/create-inbound-source.ts';
import { listInboundSources } from '../../modules/inbound/list-inbound-sources.ts';
import { listIntegrations } from '../../modules/integrations/list-integrations.ts';
import type { Outside } from './outside.ts';

interface DemoSource {
  provider: string;
  name: string;
  /** Belongs to the integration with this provider, which has the key. */
  ofIntegration?: true;
  /** Sample events that are sent at the first start, by their names in the sandbox. */
  events: readonly string[];
}

const wanted: Record<string, DemoSource> = {
  'InTime Staffing': {
    provider: 'sendgrid',
    name: 'Bounces from SendGrid',
    events: ['delivered', 'open', 'click', 'bounce', 'spamreport', 'delivered', 'open'],
  },
  Acme: {
    provider: 'slack',
    name: 'Answers in Slack',
    ofIntegration: true,
    events: ['message', 'message', 'message'],
  },
};

/** Gives a demo organization its source once, and lets the simulated provider send to it. */
export async function makeInbound(
  ctx: Ctx,
  organization: string,
  { sandbox }: Pick<Outside, 'sandbox'>,
  address: string,
): Promise<void> {
  const source = wanted[organization];
  if (!source || (await listInboundSources(ctx, {})).data.length > 0) return;
  const { provider, name, ofIntegration, events } = source;
  const integrations = ofIntegration ? (await listIntegrations(ctx, { limit: 100 })).data : [];
  const integrationId = integrations.find((one) => one.provider.slug === provider)?.id;
  const key = sandbox.account(provider).values['webhookPublicKey'];
  const { url } = await createInboundSource(
    ctx,
    operation.input.parse({ provider, name, ...(integrationId === undefined ? { key } : { integrationId }) }),
  );
  const target = `${address}${new URL(url).pathname}`;
  for (const event of events) {
    const { status } = await sandbox.sendWebhook(provider, { url: target, publicUrl: url, event });
    if (status >= 300) ctx.app.log.warn({ provider, event, status }, 'the demo could not send a webhook');
  }
  if (provider === 'sendgrid') {
    await addSuppression(ctx, { address: 'former.candidate@example.com', detail: 'Asked by phone.' });
  }
}

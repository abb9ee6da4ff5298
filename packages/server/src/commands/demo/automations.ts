import { failedPayments, interviewMeeting, newConversations } from '@trunkline/contract/automation-templates';
import type { AutomationSource } from '@trunkline/contract/automation-templates';
import { createAutomation as operation } from '@trunkline/contract/automations';
import { findEventType } from '@trunkline/contract/event-types/catalog';
import type { Ctx } from '../../ctx.ts';
import { createAutomation } from '../../modules/automations/create-automation.ts';
import { listAutomations } from '../../modules/automations/list-automations.ts';
import { updateNotificationSwitches } from '../../modules/automations/update-notification-switches.ts';
import { sendEvents } from '../../modules/events/send-events.ts';
import { listIntegrations } from '../../modules/integrations/list-integrations.ts';

/** Which organizations have something that happens by itself, and what. */
const wanted: Record<string, readonly AutomationSource[]> = {
  Acme: [
    failedPayments,
    {
      name: 'Urgent escalations to those on call',
      trigger: {
        kind: 'event',
        events: ['escalation.triggered'],
        conditions: [{ field: 'event.data.priority', operator: 'is', value: 'high' }],
      },
      steps: [
        {
          name: 'post',
          capability: 'chat.post',
          integrationId: null,
          input: { channel: '#on-call', text: '{{ event.data.summary }} ({{ event.data.id }})' },
        },
      ],
    },
    {
      // Its event comes without a reason once: a run that was given up, to try the way back with.
      name: 'Robots to chat',
      trigger: { kind: 'event', events: ['robot.stopped'], conditions: [] },
      steps: [
        {
          name: 'post',
          capability: 'chat.post',
          integrationId: null,
          input: { text: 'Robot {{ event.data.id }} stopped: {{ event.data.reason }}' },
        },
      ],
    },
  ],
  'InTime Staffing': [interviewMeeting, { ...newConversations, name: 'Conversations to the team' }],
};

/** Makes the automations of a demo organization once, with the switches of its Slack, and lets some run. */
export async function makeAutomations(ctx: Ctx, organization: string): Promise<void> {
  const sources = wanted[organization];
  if (!sources || (await listAutomations(ctx, {})).data.length > 0) return;
  for (const source of sources) await createAutomation(ctx, operation.input.parse(source));
  const { data } = await listIntegrations(ctx, { limit: 100 });
  const slack = data.find(({ provider }) => provider.slug === 'slack');
  if (organization === 'Acme' && slack) {
    await updateNotificationSwitches(ctx, {
      integrationId: slack.id,
      switches: { new_conversations: true, escalations: true, daily_summary: true },
      summary: { hour: 18, timeZone: 'America/Chicago' },
    });
    await sendEvents(ctx, [
      { type: 'payment.failed', data: findEventType('payment.failed')!.example },
      { type: 'robot.stopped', data: { id: 'R2', reason: 'The battery is empty.' } },
      { type: 'robot.stopped', data: { id: 'R5' } },
    ]);
  }
}

import type { AutomationFields, AutomationStep } from './automations.ts';

/** An automation as it is written down: what a person gets by choosing it, to keep or to change. */
export type AutomationSource = Pick<AutomationFields, 'name' | 'trigger' | 'steps'>;

/** The switches on the page of an integration that posts in a chat (S17 17.5), in their order. */
export const notificationKeys = [
  'new_conversations',
  'escalations',
  'all_messages',
  'daily_summary',
] as const;
export type NotificationKey = (typeof notificationKeys)[number];

const post = (text: string): AutomationStep => ({
  name: 'post',
  capability: 'chat.post',
  integrationId: null,
  input: { text },
});

const onEvent = (...events: string[]): AutomationSource['trigger'] => ({
  kind: 'event',
  events,
  conditions: [],
});

export const newConversations: AutomationSource = {
  name: 'New conversations',
  trigger: onEvent('conversation.created'),
  steps: [
    post(
      'New conversation by {{ event.data.channel }} from {{ event.data.customer.name | "somebody" }}: {{ event.data.subject | "no subject" }} ({{ event.data.id }})',
    ),
  ],
};

export const escalations: AutomationSource = {
  name: 'Escalations to human',
  trigger: onEvent('escalation.triggered'),
  steps: [
    post(
      'Needs a person ({{ event.data.priority }}): {{ event.data.summary }} From {{ event.data.customer.name | "a customer" }}, conversation {{ event.data.conversationId }}. {{ event.data.conversationUrl | "" }}',
    ),
  ],
};

export const allMessages: AutomationSource = {
  name: 'All messages',
  trigger: onEvent('message.received', 'message.sent'),
  steps: [post('{{ event.data.from.name | "Answer" }} by {{ event.data.channel }}: {{ event.data.text }}')],
};

export const dailySummary: AutomationSource = {
  name: 'Daily summary',
  trigger: { kind: 'daily', hour: 18, timeZone: 'UTC' },
  steps: [
    post(
      'Summary of {{ day.date }}: {{ day.conversations }} new conversations, {{ day.escalations }} escalations, {{ day.messages }} messages. {{ day.events }} events in all; {{ day.deadLetters }} deliveries, {{ day.actionsFailed }} actions and {{ day.runsFailed }} runs of automations failed; {{ day.openAlerts }} alerts are open.',
    ),
  ],
};

/** What each switch makes. */
export const notificationSources: Record<NotificationKey, AutomationSource> = {
  new_conversations: newConversations,
  escalations,
  all_messages: allMessages,
  daily_summary: dailySummary,
};

export const failedPayments: AutomationSource = {
  name: 'Failed payments to chat',
  trigger: onEvent('payment.failed'),
  steps: [
    post(
      'Payment {{ event.data.id }} of {{ event.data.customer.name | "a customer" }} failed: {{ event.data.amount }} {{ event.data.currency }}. {{ event.data.reason }} {{ event.data.paymentUrl | "" }}',
    ),
  ],
};

const interviewTitle = 'Interview {{ event.data.id }} for {{ event.data.jobId }}';
const invited = '{{ event.data.participants.*.email }}';
const onVideoInterview: AutomationSource['trigger'] = {
  kind: 'event',
  events: ['interview.scheduled'],
  conditions: [{ field: 'event.data.kind', operator: 'is', value: 'video' }],
};

export const interviewMeeting: AutomationSource = {
  name: 'Interviews: meeting and calendar',
  trigger: onVideoInterview,
  steps: [
    {
      name: 'meeting',
      capability: 'video.create_meeting',
      integrationId: null,
      input: { title: interviewTitle, start: '{{ event.data.startsAt }}' },
    },
    {
      name: 'calendar',
      capability: 'calendar.create_event',
      integrationId: null,
      input: {
        title: interviewTitle,
        description: 'Join: {{ steps.meeting.joinUrl }}',
        location: '{{ steps.meeting.joinUrl }}',
        start: '{{ event.data.startsAt }}',
        end: '{{ event.data.endsAt }}',
        attendees: invited,
      },
    },
  ],
};

export const interviewOwnLink: AutomationSource = {
  name: 'Interviews: calendar with its own link',
  trigger: onVideoInterview,
  steps: [
    {
      name: 'calendar',
      capability: 'calendar.create_event',
      integrationId: null,
      input: {
        title: interviewTitle,
        start: '{{ event.data.startsAt }}',
        end: '{{ event.data.endsAt }}',
        attendees: invited,
        videoLink: true,
      },
    },
  ],
};

/** The automations that keep a calendar in step with interviews, in their order. */
export const interviewSyncKeys = ['interviews', 'interviews_elsewhere', 'interviews_cancelled'] as const;
export type InterviewSyncKey = (typeof interviewSyncKeys)[number];

/** One that is scheduled or moved: its event is found by the interview, and made where there is none. */
const keepEvent = (
  operator: 'is' | 'is_not',
  fields: Record<string, unknown>,
): Pick<AutomationSource, 'trigger' | 'steps'> => ({
  trigger: {
    kind: 'event',
    events: ['interview.scheduled', 'interview.rescheduled'],
    conditions: [{ field: 'event.data.kind', operator, value: 'video' }],
  },
  steps: [
    {
      name: 'calendar',
      capability: 'calendar.update_event',
      integrationId: null,
      input: {
        reference: '{{ event.data.id }}',
        asOf: '{{ event.timestamp }}',
        create: true,
        title: interviewTitle,
        start: '{{ event.data.startsAt }}',
        end: '{{ event.data.endsAt }}',
        attendees: invited,
        ...fields,
      },
    },
  ],
});

/** What the switch of a calendar makes. */
export const interviewSyncSources: Record<InterviewSyncKey, AutomationSource> = {
  interviews: {
    name: 'Interviews by video in the calendar',
    ...keepEvent('is', { videoLink: true }),
  },
  interviews_elsewhere: {
    name: 'Interviews by phone and on site in the calendar',
    ...keepEvent('is_not', { location: '{{ event.data.location | none }}' }),
  },
  interviews_cancelled: {
    name: 'Cancelled interviews leave the calendar',
    trigger: onEvent('interview.cancelled'),
    steps: [
      {
        name: 'calendar',
        capability: 'calendar.cancel_event',
        integrationId: null,
        input: { reference: '{{ event.data.id }}', asOf: '{{ event.timestamp }}' },
      },
    ],
  },
};

export const movedInterviews: AutomationSource = {
  name: 'Moved interviews by email',
  trigger: onEvent('interview.rescheduled'),
  steps: [
    {
      name: 'email',
      capability: 'email.send',
      integrationId: null,
      input: {
        to: invited,
        subject: 'Your interview was moved',
        text: 'The interview {{ event.data.id }} now begins at {{ event.data.startsAt }} ({{ event.data.timeZone }}). {{ event.data.videoUrl | "" }}',
      },
    },
  ],
};

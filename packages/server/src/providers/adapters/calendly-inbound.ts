import type { EventDraft, InboundSwitchDefinition, NormalizeContext } from '../../inbound/types.ts';
import { listAt, textAt } from './adapter.ts';
import { idOf, received, requireObject, required, timeOf } from './inbound-parts.ts';
import type { Normalize } from './inbound-parts.ts';

export const calendlySwitches: readonly InboundSwitchDefinition[] = [
  { eventType: 'interview.scheduled', label: 'Interviews scheduled' },
  { eventType: 'interview.rescheduled', label: 'Interviews moved' },
  { eventType: 'interview.cancelled', label: 'Interviews cancelled' },
];

/**
 * A booking. When one is moved, Calendly tells of a cancellation and of a new booking that knows the old one: together they
 * are one event.
 */
export const normalizeCalendly: Normalize = (payload, context) => {
  const content = requireObject(payload);
  const kind = required(textAt(content, 'event'), 'event');
  const booking = content['payload'];
  const id = idOf([kind, textAt(booking, 'uri')], context);
  const isMoved = (booking as { rescheduled?: unknown } | undefined)?.rescheduled === true;
  switch (kind) {
    case 'invitee.created': {
      const interview = interviewOf(booking);
      const event: EventDraft = textAt(booking, 'old_invitee')
        ? { type: 'interview.rescheduled', data: { ...interview, previousStartsAt: null }, id }
        : { type: 'interview.scheduled', data: { ...interview, scheduledBy: 'candidate' }, id };
      return { kind, events: [event] };
    }
    case 'invitee.canceled':
      return { kind, events: isMoved ? [] : [cancelled(booking, id, context)] };
    default:
      return { kind, events: [received(kind, content, context, [id])] };
  }
};

function cancelled(booking: unknown, id: string, context: NormalizeContext): EventDraft {
  const at = (name: string) => textAt(booking, 'cancellation', name);
  return {
    type: 'interview.cancelled',
    data: {
      ...interviewOf(booking),
      cancelledBy: at('canceler_type') === 'host' ? 'recruiter' : 'candidate',
      reason: at('reason') || null,
      cancelledAt: timeOf(at('created_at'), context),
    },
    id,
  };
}

/** @throws Unreadable */
function interviewOf(booking: unknown): Record<string, unknown> {
  const at = (name: string) => textAt(booking, 'scheduled_event', name);
  const time = (name: string) => {
    const parsed = Date.parse(at(name) ?? '');
    return required(Number.isNaN(parsed) ? undefined : new Date(parsed).toISOString(), name);
  };
  const uri = required(at('uri') ?? textAt(booking, 'event'), 'scheduled_event.uri');
  const email = required(textAt(booking, 'email'), 'email');
  const hosts = listAt(booking, 'scheduled_event', 'event_memberships').flatMap((host) => {
    const address = textAt(host, 'user_email');
    const name = textAt(host, 'user_name') ?? address;
    return address ? [{ name, email: address, role: 'interviewer' }] : [];
  });
  return {
    id: uri.split('/').at(-1),
    jobId: null,
    candidateId: null,
    ...placeOf(booking),
    startsAt: time('start_time'),
    endsAt: time('end_time'),
    timeZone: textAt(booking, 'timezone') ?? 'UTC',
    participants: [{ name: textAt(booking, 'name') ?? email, email, role: 'candidate' }, ...hosts],
  };
}

function placeOf(booking: unknown): { kind: string; location: string | null; videoUrl: string | null } {
  const at = (name: string) => textAt(booking, 'scheduled_event', 'location', name);
  const type = at('type') ?? '';
  const place = at('location') ?? null;
  const videoUrl = at('join_url') ?? (place?.startsWith('https://') ? place : null);
  if (type.endsWith('call')) return { kind: 'phone', location: place, videoUrl: null };
  if (videoUrl !== null) return { kind: 'video', location: null, videoUrl };
  const isOnsite = type === 'physical' || (/^(custom|ask_invitee)$/.test(type) && place !== null);
  return { kind: isOnsite ? 'onsite' : 'video', location: place, videoUrl: null };
}

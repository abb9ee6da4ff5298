import { capabilities } from '@trunkline/contract/capabilities';
import type { CapabilityName } from '@trunkline/contract/capabilities';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fieldsOf, textOf, valueOf } from './step-fields.ts';

const fields = (capability: CapabilityName) =>
  fieldsOf(z.toJSONSchema(capabilities[capability].input, { io: 'input', unrepresentable: 'any' }));
const kinds = (capability: CapabilityName) =>
  Object.fromEntries(fields(capability).map(({ key, kind }) => [key, kind]));

describe('fieldsOf', () => {
  it('knows how the inputs of capabilities are written down', () => {
    expect(kinds('chat.post')).toEqual({ text: 'text', channel: 'line' });
    expect(kinds('calendar.create_event')).toMatchObject({
      title: 'line',
      start: 'line',
      attendees: 'list',
      videoLink: 'switch',
      description: 'text',
    });
    expect(kinds('email.send')).toMatchObject({
      to: 'list',
      subject: 'line',
      from: 'line',
      attachments: 'json',
    });
    expect(kinds('video.create_meeting')).toMatchObject({ minutes: 'number' });
    expect(fields('email.send').filter(({ required }) => required)).toMatchObject([
      { key: 'to', label: 'To' },
      { key: 'subject' },
    ]);
  });

  it('gives back what it shows', () => {
    for (const [capability, values] of [
      [
        'calendar.create_event',
        { title: 'x', attendees: ['a@example.com', '{{ event.data.x }}'], videoLink: true },
      ],
      ['calendar.create_event', { attendees: '{{ event.data.people.*.email }}' }],
      ['video.create_meeting', { minutes: 45 }],
      ['video.create_meeting', { minutes: '{{ event.data.minutes }}' }],
      ['email.send', { attachments: [{ filename: 'a', content: 'aGk=' }] }],
    ] as const) {
      const all = fields(capability);
      for (const [key, value] of Object.entries(values)) {
        const field = all.find((each) => each.key === key)!;
        expect(valueOf(field, textOf(field, value))).toEqual(value);
      }
    }
    for (const field of fields('chat.post')) expect(valueOf(field, '  ')).toBeUndefined();
  });
});

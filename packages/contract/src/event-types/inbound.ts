import { defineGroup } from './event-type.ts';
import { nullable, text, uuid } from './schema.ts';

export const inboundEvents = defineGroup('Inbound', {
  'inbound.received': {
    description:
      'A provider sent a webhook for which there is no event of its own. What it said is passed on as it is.',
    data: {
      provider: text('Slug of the provider, or `generic`.'),
      'sourceId?': uuid('Id of the source that it came in at.'),
      kind: nullable(text("The provider's own name of what happened, if it gives one.")),
      payload: {
        type: ['object', 'null'],
        description:
          'What the provider sent: JSON or the fields of a form; a list stands in `items`. Null when it is too large for an event.',
      },
    },
    example: {
      provider: 'github',
      sourceId: '019ab129-5d20-7c31-8e44-6a1b2c3d4e5f',
      kind: 'issues.opened',
      payload: { action: 'opened', issue: { number: 42, title: 'The form does not open' } },
    },
  },
});

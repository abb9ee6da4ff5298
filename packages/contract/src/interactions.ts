import { z } from 'zod';
import { defineOperation } from './operation.ts';
import { BrowserEvent } from './tracking-plan.ts';

/** The most events of one batch. */
export const interactionsAtOnce = 50;

export const recordInteractions = defineOperation({
  name: 'recordInteractions',
  procedure: 'insights.recordInteractions',
  kind: 'mutation',
  tag: 'Insights',
  summary: 'Record what somebody did in the pages',
  description:
    'Used by the pages themselves. Events outside of the tracking plan are refused. Nothing is recorded for a request with `DNT: 1` or `Sec-GPC: 1`, while recording is switched off, and beyond 240 events a minute.',
  permission: 'tracking.send',
  people: true,
  input: z.object({
    device: z.enum(['narrow', 'wide']),
    events: z.array(BrowserEvent).min(1).max(interactionsAtOnce),
  }),
  output: z.object({ recorded: z.number().int() }),
  rest: [{ method: 'POST', path: '/api/v1/tracking/events' }],
});

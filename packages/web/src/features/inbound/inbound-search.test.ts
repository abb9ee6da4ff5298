import { expect, it } from 'vitest';
import { inboundHref, inboundSearch } from './inbound-search.ts';

it('keeps what belongs to the tab and leaves out the rest', () => {
  expect(inboundSearch({ tab: 'sources', state: 'failed' })).toEqual({});
  expect(inboundSearch({ tab: 'received', state: 'failed', source: 's', message: 'm', q: 'x' })).toEqual({
    tab: 'received',
    state: 'failed',
    source: 's',
    message: 'm',
  });
  expect(inboundSearch({ tab: 'received', state: 'lost', source: 7 })).toEqual({ tab: 'received' });
  expect(inboundSearch({ tab: 'suppressed', q: 'ada', reason: 'bounced', source: 's' })).toEqual({
    tab: 'suppressed',
    q: 'ada',
    reason: 'bounced',
  });
});

it('makes addresses that it reads again', () => {
  expect(inboundHref({})).toBe('/inbound');
  expect(inboundHref({ tab: 'received', source: 's', state: 'failed' })).toBe(
    '/inbound?tab=received&source=s&state=failed',
  );
});

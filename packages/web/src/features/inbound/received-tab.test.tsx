// @vitest-environment jsdom
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, it } from 'vitest';
import { sampleMessage, sampleSource } from '../../testing/sample-inbound.ts';
import { hide, serve, show } from '../../testing/show.tsx';
import { ReceivedTab } from './ReceivedTab.tsx';

afterEach(hide);

it('keeps back what comes while somebody reads, and shows it when asked', async () => {
  const failed = { ...sampleMessage, state: 'failed' };
  const rows = [failed];
  const calls = serve({
    'integrations.listInboundMessages': () => ({ data: [...rows], nextCursor: null }),
    'integrations.getInboundSettings': () => ({ retentionDays: 30, suppress: true }),
    'integrations.reprocessInbound': () => ({ queued: 0 }),
  });
  show(() => (
    <ReceivedTab
      search={{ tab: 'received', source: sampleSource.id, state: 'failed' }}
      sources={[sampleSource]}
      onGo={() => {}}
    />
  ));
  await userEvent.hover(await screen.findByRole('row', { name: /bounce/ }));
  rows.unshift({ ...failed, id: '01890000-0000-7000-8000-00000000000c', kind: 'spamreport' });
  const reads = calls.length;
  // By the keyboard, so that the pointer stays where it is.
  screen.getByRole('button', { name: /^Process all again/ }).focus();
  await userEvent.keyboard('{Enter}');
  await waitFor(() =>
    expect(calls.slice(reads).map(([name]) => name)).toContain('integrations.listInboundMessages'),
  );
  const button = await screen.findByRole('button', { name: '1 new' });
  expect(screen.queryByRole('row', { name: /spamreport/ })).toBeNull();
  expect(screen.getByText('1 new webhooks above')).toBeTruthy();
  await userEvent.click(button);
  expect(await screen.findByRole('row', { name: /spamreport/ })).toBeTruthy();
  expect(screen.queryByRole('button', { name: '1 new' })).toBeNull();
});

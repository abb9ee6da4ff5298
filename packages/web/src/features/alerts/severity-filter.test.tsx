// @vitest-environment jsdom
import { fireEvent, screen } from '@testing-library/react';
import { listAlerts } from '@trunkline/contract/alerts';
import { afterEach, expect, it } from 'vitest';
import { hide, serve, show } from '../../testing/show.tsx';
import { AlertsPage } from './AlertsPage.tsx';

afterEach(hide);

it('alerts are narrowed by severity, within their state', async () => {
  const counts = { open: 1, acknowledged: 0, resolved: 2, snoozed: 0, critical: 0 };
  const calls = serve({ [listAlerts.procedure]: () => ({ data: [], nextCursor: null, counts }) });
  show(AlertsPage, '/alerts');
  await screen.findByText('Nothing needs attention');
  fireEvent.click(screen.getByRole('radio', { name: 'Critical' }));
  await screen.findByText('None is marked “Critical”');
  fireEvent.click(screen.getByRole('tab', { name: /Resolved/ }));
  await screen.findByRole('tab', { name: /Resolved/, selected: true });
  expect(screen.getByRole<HTMLInputElement>('radio', { name: 'Critical' }).checked).toBe(true);
  expect(calls.at(-1)).toEqual([
    listAlerts.procedure,
    { state: 'resolved', severity: 'critical', limit: 100 },
  ]);
});

// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { hide, show } from '../../testing/show.tsx';
import { WebhookGuide } from './WebhookGuide.tsx';

afterEach(hide);

it('says what arrives, under the brand’s own names, and how it is believed', async () => {
  show(() => <WebhookGuide />);
  fireEvent.click(await screen.findByRole('button', { name: 'Webhook documentation' }));
  const dialog = await screen.findByRole('dialog', { name: 'Webhook documentation' });
  for (const header of ['webhook-signature', 'X-Trunkline-Signature', 'X-Trunkline-Delivery']) {
    expect(within(dialog).getByText(header)).toBeDefined();
  }
  expect(within(dialog).getByRole('link', { name: 'event catalog' }).getAttribute('href')).toBe(
    '/event-types',
  );
  expect(within(dialog).getByRole('region', { name: 'Receiver that verifies' }).textContent).toContain(
    'verify',
  );
});

// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/react';
import { getSignInPolicy } from '@trunkline/contract/account';
import { getSso } from '@trunkline/contract/sso';
import { afterEach, it } from 'vitest';
import { ApiRefusal, hide, serve, show } from '../../testing/show.tsx';
import { SignInPolicyCard } from './SignInPolicyCard.tsx';
import { SsoCard } from './SsoCard.tsx';

afterEach(hide);

it('cards of signing in that could not be read say so, and are read again', async () => {
  let works = false;
  const unless = (answer: object) => () => (works ? answer : new ApiRefusal('internal', 'It broke.'));
  serve({
    [getSignInPolicy.procedure]: unless({ secondFactor: 'nobody', lacking: [] }),
    [getSso.procedure]: unless({ connection: null, domains: [], signInUrl: 'https://hub.example/sso/x' }),
  });
  show(() => (
    <>
      <SignInPolicyCard />
      <SsoCard />
    </>
  ));
  for (const [name, content] of [
    ['Signing in', 'All members have a second factor.'],
    ['Single sign-on', 'No identity provider is set up.'],
  ] as const) {
    works = false;
    const card = within(await screen.findByRole('region', { name }));
    await card.findByText('It broke.');
    works = true;
    fireEvent.click(card.getByRole('button', { name: 'Try again' }));
    await screen.findByText(content);
  }
});

// @vitest-environment jsdom
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { getIntegration, listIntegrations } from '@trunkline/contract/integrations';
import { useState } from 'react';
import { afterEach, expect, it } from 'vitest';
import { ApiRefusal, hide, serve, show } from '../../testing/show.tsx';
import { IntegrationSelect } from './IntegrationSelect.tsx';

afterEach(hide);

const all = Array.from({ length: 120 }, (_, index) => ({
  id: `id-${index}`,
  name: `Connection ${String(index).padStart(3, '0')}`,
  provider: { slug: 'slack', name: index === 117 ? 'Twilio' : 'Slack' },
}));

/** A server with 120 integrations, which answers as the real one does: by name, so many a page, found by their words. */
function serveAll() {
  return serve({
    [listIntegrations.procedure]: (input) => {
      const { limit, search = '' } = input as { limit: number; search?: string };
      const found = all.filter(({ name, provider }) =>
        `${name} ${provider.name}`.toLowerCase().includes(search.toLowerCase()),
      );
      return { data: found.slice(0, limit), nextCursor: found.length > limit ? 'next' : null, counts: {} };
    },
    [getIntegration.procedure]: (input) =>
      all.find(({ id }) => id === (input as { id: string }).id) ?? new ApiRefusal('not_found', 'Gone.'),
  });
}

/** Shows the field; gives what was chosen in it, in order. */
function showSelect(first?: string): (string | undefined)[] {
  const chosen: (string | undefined)[] = [];
  function Field() {
    const [value, setValue] = useState(first);
    return (
      <IntegrationSelect
        label="Integration"
        value={value}
        onChange={(next) => {
          chosen.push(next);
          setValue(next);
        }}
      />
    );
  }
  show(Field);
  return chosen;
}

const field = async () => screen.findByRole<HTMLInputElement>('combobox', { name: 'Integration' });
/** Types over what stands there. */
const retype = (input: HTMLInputElement, text: string) =>
  userEvent.type(input, text, { initialSelectionStart: 0, initialSelectionEnd: input.value.length });
const names = () => screen.getAllByRole('option').map((option) => option.textContent);

it('finds an integration that is not among the first, by what the server finds', async () => {
  serveAll();
  const chosen = showSelect();
  const input = await field();
  await userEvent.click(input);
  await screen.findByRole('option', { name: /Connection 000/ });
  expect(names().at(-1)).toBe('There are more: type to find them');
  expect(screen.queryByRole('option', { name: /Connection 117/ })).toBeNull();

  // By its provider, whose name the browser does not look for.
  await retype(input, 'twilio');
  await waitFor(() => expect(names()).toEqual(['Connection 117Twilio']));
  await userEvent.click(screen.getByRole('option'));
  await waitFor(() => expect(input.value).toBe('Connection 117'));
  expect(chosen).toEqual(['id-117']);

  // Its name in the field is no search: the others are offered again, and it keeps its name.
  await userEvent.click(input);
  await screen.findByRole('option', { name: /Connection 000/ });
  await retype(input, 'Connection 003');
  await waitFor(() => expect(names()).toEqual(['Connection 003Slack']));
  await userEvent.tab();
  await waitFor(() => expect(input.value).toBe('Connection 117'));
  expect(chosen).toEqual(['id-117']);
});

it('names what the address names, and says when nothing is found', async () => {
  const calls = serveAll();
  showSelect('id-119');
  const input = await field();
  await waitFor(() => expect(input.value).toBe('Connection 119'));
  // The list is not read for the sake of one name.
  expect(calls).toEqual([[getIntegration.procedure, { id: 'id-119' }]]);
  await retype(input, 'nothing like it');
  await screen.findByText('No integration matches.');
});

it('an integration that is gone still shows that the list is narrowed', async () => {
  serveAll();
  const chosen = showSelect('id-999');
  const input = await field();
  await waitFor(() => expect(input.value).toBe('Another integration'));
  await retype(input, 'Connection 118');
  await userEvent.click(await screen.findByRole('option', { name: /Connection 118/ }));
  await waitFor(() => expect(input.value).toBe('Connection 118'));
  expect(chosen).toEqual(['id-118']);
});

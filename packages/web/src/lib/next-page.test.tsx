// @vitest-environment jsdom
import { useQueryClient } from '@tanstack/react-query';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { listAudit } from '@trunkline/contract/audit';
import { afterEach, expect, it } from 'vitest';
import { hide, serve, show } from '../testing/show.tsx';
import { usePagedOperation } from './api.ts';

afterEach(hide);

/** A list of two pages, which somebody else changes while its second one is on its way. */
function List() {
  const list = usePagedOperation(listAudit, {});
  const client = useQueryClient();
  return (
    <>
      <p>{`${list.rows.length} rows${list.isLoadingMore ? ', more are coming' : ''}`}</p>
      <button onClick={list.loadMore}>More</button>
      <button onClick={() => void client.invalidateQueries()}>Change</button>
    </>
  );
}

it('a page that was asked for comes, although the list is read again meanwhile', async () => {
  const held: (() => void)[] = [];
  let seconds = 0;
  serve({
    [listAudit.procedure]: async (input) => {
      const isSecond = (input as { cursor?: string }).cursor !== undefined;
      if (isSecond) seconds += 1;
      if (isSecond && seconds === 1) await new Promise<void>((resolve) => held.push(resolve));
      return { data: [{ id: isSecond ? 'b' : 'a' }], nextCursor: isSecond ? null : 'next' };
    },
  });
  show(List);
  await screen.findByText('1 rows');
  fireEvent.click(screen.getByText('More'));
  await waitFor(() => expect(held).toHaveLength(1));
  fireEvent.click(screen.getByText('Change'));
  await screen.findByText('2 rows');
  expect(seconds).toBe(2);
});

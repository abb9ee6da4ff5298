import {
  getInboundMessage,
  getInboundSource,
  listInboundMessages,
  listInboundSources,
  reprocessInbound,
} from '@trunkline/contract/inbound';
import type { InputOf } from '@trunkline/contract/operation';
import { useOperationMutation } from '../../lib/api.ts';
import { countOf } from '../../lib/format.ts';
import { notifyDone, notifyError } from '../../lib/notify.ts';

/** Has webhooks processed again, one or all of a source in one state, and says how many. */
export function useReprocess(): { busy: boolean; run: (what: InputOf<typeof reprocessInbound>) => void } {
  const reprocess = useOperationMutation(reprocessInbound, {
    invalidates: [listInboundMessages, getInboundMessage, listInboundSources, getInboundSource],
    onSuccess: ({ queued }) =>
      notifyDone(
        queued === 0 ? 'Nothing is left to process' : `${countOf(queued, 'webhook', 'webhooks')} queued`,
        queued === 0 ? '' : 'Events that were made already are not sent twice.',
      ),
    onError: notifyError,
  });
  return { busy: reprocess.isPending, run: (what) => reprocess.mutate(what) };
}

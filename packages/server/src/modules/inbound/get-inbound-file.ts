import { getInboundFile as operation, maxInboundBytes } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { notFound } from '../../errors.ts';
import { parseBody } from '../../inbound/parse-body.ts';
import { plainBody } from '../../inbound/plain-body.ts';
import { Unreadable } from '../../inbound/types.ts';
import type { MailFile } from '../../inbound/types.ts';
import { findProvider } from '../../providers/all-providers.ts';
import type { Verb } from '../../verb.ts';
import { readMessage } from './message-queries.ts';

/**
 * One file of a mail that came in, taken out of the stored webhook.
 *
 * @throws AppError `not_found`, also when the webhook brought no such file
 */
export const getInboundFile: Verb<typeof operation> = async (ctx, { id, file: number }) => {
  authorize(ctx, operation);
  const message = await inOrganization(ctx, (tx) => readMessage(tx, id, maxInboundBytes));
  const file = (await filesOf(message)).at(number);
  if (!file?.content) throw notFound('file');
  const { name, contentType, content } = file;
  return { name, contentType, content: Buffer.from(content()).toString('base64') };
};

async function filesOf({
  provider,
  headers,
  start,
}: Awaited<ReturnType<typeof readMessage>>): Promise<readonly MailFile[]> {
  const open = findProvider(provider)?.inbound?.open;
  if (!open) return [];
  try {
    const body = plainBody({ headers, body: start });
    return (await open(parseBody({ headers, body }), { headers, body })).files;
  } catch (error) {
    if (error instanceof Unreadable) return [];
    throw error;
  }
}

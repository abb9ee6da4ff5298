import { getInboundFile as operation, maxInboundBytes } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import type { App } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { AppError, notFound } from '../../errors.ts';
import { parseBody } from '../../inbound/parse-body.ts';
import { plainBody } from '../../inbound/plain-body.ts';
import { Unreadable } from '../../inbound/types.ts';
import type { MailFile, MailPlace } from '../../inbound/types.ts';
import { findProvider } from '../../providers/all-providers.ts';
import type { Verb } from '../../verb.ts';
import { fetchBucketMail } from './fetch-bucket-mail.ts';
import { mailPlaceOf } from './mail-place.ts';
import { readMessage } from './message-queries.ts';

/**
 * One file of a mail that came in, taken out of the stored webhook.
 *
 * @throws AppError `not_found`, also when the webhook brought no such file; `provider_failed` when the mail lies in a bucket that
 *   does not give it
 */
export const getInboundFile: Verb<typeof operation> = async (ctx, { id, file: number }) => {
  authorize(ctx, operation);
  const message = await inOrganization(ctx, (tx) => readMessage(tx, id, maxInboundBytes));
  const place = mailPlaceOf({ provider: message.provider, headers: message.headers, body: message.start });
  const mail = place && ctx.organizationId && (await mailAt(ctx.app, ctx.organizationId, place));
  const file = (await filesOf(message, mail || null)).at(number);
  if (!file?.content) throw notFound('file');
  const { name, contentType, content } = file;
  return { name, contentType, content: Buffer.from(content()).toString('base64') };
};

/** @throws AppError `provider_failed` when the bucket does not give it */
async function mailAt(app: App, organizationId: string, place: MailPlace): Promise<Buffer | null> {
  try {
    return await fetchBucketMail(app, organizationId, place);
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error)) throw error;
    throw new AppError('provider_failed', error.message);
  }
}

async function filesOf(
  { provider, headers, start }: Awaited<ReturnType<typeof readMessage>>,
  mail: Buffer | null,
): Promise<readonly MailFile[]> {
  const open = findProvider(provider)?.inbound?.open;
  if (!open) return [];
  try {
    const body = plainBody({ headers, body: start });
    return (await open(parseBody({ headers, body }), { headers, body }, mail)).files;
  } catch (error) {
    if (error instanceof Unreadable) return [];
    throw error;
  }
}

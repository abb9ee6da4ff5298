import { getInboundMessage as operation } from '@trunkline/contract/inbound';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { bodyText, shownBytes } from './body-text.ts';
import { presentMessage, readMessage } from './message-queries.ts';
import { schemeOf } from './rules.ts';
import { keysOf } from './source-keys.ts';
import { readSourceOfMessage } from './source-queries.ts';

/** One webhook that came in, with its headers and the start of its body. @throws AppError `not_found` */
export const getInboundMessage: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { start, method, address, headers, sha256, ...row } = await readMessage(tx, id, shownBytes);
    const source = await readSourceOfMessage(tx, id);
    const { keys } = keysOf(ctx.app, source, schemeOf(source.providerSlug, source.signature) ?? {});
    return {
      ...presentMessage(row),
      method,
      address,
      headers,
      contentType: headers['content-type'] ?? null,
      body: bodyText(start, keys),
      bodyCut: row.bytes > start.length,
      sha256,
    };
  });
};

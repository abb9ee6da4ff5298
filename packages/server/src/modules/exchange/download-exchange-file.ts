import { downloadExchangeFile as operation } from '@trunkline/contract/exchange';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import type { Verb } from '../../verb.ts';
import { recordAudit } from '../audit/record-audit.ts';
import { readContent } from './queries.ts';
import { contentTypeOf } from './rules.ts';

/**
 * Gives the content of a file. Every time is audited, as it is personal data.
 *
 * @throws AppError `not_found`, `conflict` when it was erased
 */
export const downloadExchangeFile: Verb<typeof operation> = async (ctx, { id }) => {
  authorize(ctx, operation);
  return inOrganization(ctx, async (tx) => {
    const { file, content } = await readContent(ctx.app, tx, id);
    await recordAudit(ctx, tx, {
      action: 'exchange_file.downloaded',
      target: { type: 'exchange_file', id, name: file.name },
    });
    return { name: file.name, contentType: contentTypeOf(file.kind), content: content.toString('base64') };
  });
};

import { maxExchangeFileBytes, uploadExchangeFile as operation } from '@trunkline/contract/exchange';
import { authorize } from '../../authorize.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import type { Verb } from '../../verb.ts';
import { checkContent, countFindings, readEnvelopeMarks } from './check-content.ts';
import { nextControlNumber, readLayout, readPartner } from './queries.ts';
import { requireExchange } from './require-exchange.ts';
import { isLayoutKind, startingLayout } from './rules.ts';
import { storeFile } from './store-file.ts';
import { takeIncoming } from './take-incoming.ts';

/**
 * Stores a file as it is: one that came from the partner, or one of the organization's own to be sent.
 *
 * @throws AppError `not_found`, `conflict`, `invalid_input`
 */
export const uploadExchangeFile: Verb<typeof operation> = async (ctx, input) => {
  authorize(ctx, operation);
  const { integrationId, name, direction, kind } = input;
  const content = decode(input.content);
  return inOrganization(ctx, async (tx) => {
    const { provider } = await readPartner(tx, integrationId);
    requireExchange({ provider });
    if (direction === 'incoming') {
      return present(await takeIncoming(ctx, tx, { integrationId, name, content, remoteKey: null }));
    }
    const layout = isLayoutKind(kind)
      ? ((await readLayout(tx, integrationId, kind)) ?? startingLayout(kind, provider))
      : null;
    const marks = kind === 'enrollment' ? readEnvelopeMarks(content) : { controlNumber: null, test: null };
    const next = await nextControlNumber(tx);
    const used = marks.controlNumber !== null && marks.controlNumber < next;
    const findings = countFindings(checkContent(kind, content, layout));
    return present(
      await storeFile(ctx, tx, 'exchange_file.created', {
        integrationId,
        name,
        kind,
        direction,
        content,
        layout,
        ...marks,
        ...findings,
        state: findings.errors === 0 && !used ? 'ready' : 'draft',
        outcome: null,
        error: used ? 'Its control number, or a higher one, was used before.' : null,
        remoteKey: null,
      }),
    );
  });
};

function decode(base64: string): Buffer {
  const content = Buffer.from(base64, 'base64');
  if (content.length === 0 || content.toString('base64') !== base64) {
    throw fieldError('invalid_input', '/content', 'This is not base64, or holds nothing.');
  }
  if (content.length > maxExchangeFileBytes) {
    throw fieldError('invalid_input', '/content', 'The file is larger than 10 MiB.');
  }
  return content;
}

function present<T>(file: T | null): T {
  if (file === null) throw new Error('a new file was not stored');
  return file;
}

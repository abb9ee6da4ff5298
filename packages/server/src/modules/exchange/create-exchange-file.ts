import { createExchangeFile as operation } from '@trunkline/contract/exchange';
import type { CsvLayout } from '@trunkline/contract/files';
import { authorize } from '../../authorize.ts';
import type { Tx } from '../../ctx.ts';
import { inOrganization } from '../../db/tenant.ts';
import { fieldError } from '../../errors.ts';
import type { Provider } from '../../providers/provider.ts';
import { kindsFor } from '../../providers/parts/exchange-kinds.ts';
import type { Verb } from '../../verb.ts';
import { checkContent, countFindings } from './check-content.ts';
import { nextControlNumber, readLayout, readPartner } from './queries.ts';
import { partnerConnection } from './reach-partner.ts';
import { requireExchange } from './require-exchange.ts';
import { isLayoutKind, startingLayout } from './rules.ts';
import { storeFile } from './store-file.ts';
import { writeContent } from './write-content.ts';

/**
 * Writes a file for the partner, checks it, and stores it; it is sent by `sendExchangeFile`.
 *
 * @throws AppError `not_found`, `conflict` for a provider that takes no files, `invalid_input`
 */
export const createExchangeFile: Verb<typeof operation> = async (ctx, { integrationId, name, content }) => {
  authorize(ctx, operation);
  const { app } = ctx;
  return inOrganization(ctx, async (tx) => {
    const partner = await readPartner(tx, integrationId);
    requireExchange(partner);
    const kind = content.kind === 'sample' ? content.of : content.kind;
    if (!kindsFor(partner.provider).includes(kind)) {
      throw fieldError(
        'invalid_input',
        '/content/kind',
        `${partner.provider.name} takes no file of this kind.`,
      );
    }
    const connection = await partnerConnection(app, tx, integrationId);
    const next = await nextControlNumber(tx);
    const wanted = content.kind === 'enrollment' ? content.controlNumber : undefined;
    if (wanted !== undefined && wanted < next) {
      throw fieldError(
        'invalid_input',
        '/content/controlNumber',
        'This number, or a higher one, was used before.',
      );
    }
    const layout = isLayoutKind(kind)
      ? 'layout' in content && content.layout
        ? content.layout
        : await layoutFor(tx, integrationId, kind, partner.provider)
      : null;
    const written = writeContent(content, {
      connection,
      now: app.clock(),
      controlNumber: wanted ?? next,
      layout,
    });
    const findings = countFindings(checkContent(written.kind, written.content, written.layout));
    const file = await storeFile(ctx, tx, 'exchange_file.created', {
      ...written,
      ...findings,
      integrationId,
      name: name ?? written.name,
      direction: 'outgoing',
      state: written.error === null && findings.errors === 0 ? 'ready' : 'draft',
      outcome: null,
      remoteKey: null,
    });
    if (file === null) throw new Error('a new file was not stored');
    return file;
  });
};

async function layoutFor(
  tx: Tx,
  integrationId: string,
  kind: Parameters<typeof startingLayout>[0],
  provider: Provider,
): Promise<CsvLayout> {
  return (await readLayout(tx, integrationId, kind)) ?? startingLayout(kind, provider);
}

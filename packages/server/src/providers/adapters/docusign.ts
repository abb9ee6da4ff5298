import type { CapabilityOutput } from '@trunkline/contract/capabilities';
import type { Adapters, Adapting } from './adapter.ts';
import { listAt, pathText, textAt } from './adapter.ts';

type Status = CapabilityOutput<'esign.status'>;

const states: Record<string, Status['state']> = {
  created: 'draft',
  completed: 'completed',
  declined: 'declined',
  voided: 'cancelled',
  deleted: 'cancelled',
};

const signerStates: Record<string, Status['signers'][number]['state']> = {
  completed: 'signed',
  signed: 'signed',
  declined: 'declined',
  autoresponded: 'failed',
};

/** The key as a UUID, which is how Docusign writes the id of a transaction. */
const transactionId = (key: string): string =>
  key.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** The envelope that was made for this very action before; undefined when there is none. */
async function envelopeOf(io: Adapting): Promise<string | undefined> {
  const path = `/envelopes?transaction_ids=${transactionId(io.key)}`;
  return textAt((await io.call({ method: 'GET', path })).json(), 'envelopes', 0, 'envelopeId');
}

/** Envelopes of the account. Signers place their signature themselves, unless the documents have fields of their own. */
export const docusignAdapters: Adapters = {
  'esign.send': {
    repeatable: true,
    duplicates:
      'The envelope carries a transaction id made from the action, which is asked for first: a repetition within seven days finds the envelope that is there.',
    async run({ title, message, documents, signers, inOrder }, io) {
      const before = await envelopeOf(io);
      if (before !== undefined) return { requestId: before };
      const answer = await io.call({
        method: 'POST',
        path: '/envelopes',
        json: {
          status: 'sent',
          transactionId: transactionId(io.key),
          emailSubject: title,
          ...(message !== undefined && { emailBlurb: message }),
          documents: documents.map(({ name, content }, index) => ({
            documentId: String(index + 1),
            name,
            fileExtension: name.slice(name.lastIndexOf('.') + 1).toLowerCase(),
            documentBase64: content,
          })),
          recipients: {
            signers: signers.map(({ name, email }, index) => ({
              recipientId: String(index + 1),
              routingOrder: String(inOrder ? index + 1 : 1),
              name,
              email,
            })),
          },
        },
      });
      return { requestId: textAt(answer.json(), 'envelopeId') ?? '' };
    },
  },
  'esign.status': {
    repeatable: true,
    duplicates: 'Nothing is changed.',
    async run({ requestId }, io) {
      const path = `/envelopes/${pathText(requestId)}?include=recipients`;
      const content = (await io.call({ method: 'GET', path })).json();
      return {
        requestId: textAt(content, 'envelopeId') ?? requestId,
        state: states[textAt(content, 'status') ?? ''] ?? 'sent',
        signers: listAt(content, 'recipients', 'signers').map((signer) => ({
          name: textAt(signer, 'name') ?? '',
          email: textAt(signer, 'email') ?? '',
          state: signerStates[textAt(signer, 'status') ?? ''] ?? 'waiting',
          signedAt: textAt(signer, 'signedDateTime') ?? null,
        })),
      };
    },
  },
};

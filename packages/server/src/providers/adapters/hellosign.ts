import type { CapabilityOutput } from '@trunkline/contract/capabilities';
import type { Adapters, Part } from './adapter.ts';
import { listAt, pathText, textAt } from './adapter.ts';

type Status = CapabilityOutput<'esign.status'>;

const mediaTypes: Record<string, string> = {
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};

const signerStates: Record<string, Status['signers'][number]['state']> = {
  signed: 'signed',
  declined: 'declined',
};

const flag = (value: unknown, key: string): boolean => (value as Record<string, unknown>)[key] === true;

function stateOf(request: unknown): Status['state'] {
  if (flag(request, 'is_complete')) return 'completed';
  if (flag(request, 'is_declined')) return 'declined';
  return flag(request, 'has_error') ? 'failed' : 'sent';
}

/** Signature requests of the account that the key belongs to. */
export const hellosignAdapters: Adapters = {
  'esign.send': {
    repeatable: false,
    duplicates:
      'Dropbox Sign takes no idempotency key. When its answer does not come, the action is ambiguous and not sent again; the action’s id stands in the metadata of the request as `trunkline_action`.',
    async run({ title, message, documents, signers, inOrder }, io) {
      const parts: Part[] = [
        { name: 'title', value: title },
        { name: 'subject', value: title },
        ...(message === undefined ? [] : [{ name: 'message', value: message }]),
        ...signers.flatMap(({ name, email }, index) => [
          { name: `signers[${index}][name]`, value: name },
          { name: `signers[${index}][email_address]`, value: email },
          ...(inOrder ? [{ name: `signers[${index}][order]`, value: String(index) }] : []),
        ]),
        { name: 'metadata[trunkline_action]', value: io.key },
        { name: 'test_mode', value: io.values['testMode'] === 'true' ? '1' : '0' },
        ...documents.map(({ name, content }, index) => ({
          name: `files[${index}]`,
          filename: name,
          contentType: mediaTypes[name.slice(name.lastIndexOf('.') + 1).toLowerCase()]!,
          value: Buffer.from(content, 'base64'),
        })),
      ];
      const answer = await io.call({ method: 'POST', path: '/signature_request/send', multipart: parts });
      return { requestId: textAt(answer.json(), 'signature_request', 'signature_request_id') ?? '' };
    },
  },
  'esign.status': {
    repeatable: true,
    duplicates: 'Nothing is changed.',
    async run({ requestId }, io) {
      const path = `/signature_request/${pathText(requestId)}`;
      const content = (await io.call({ method: 'GET', path })).json();
      const request = (content as { signature_request?: unknown }).signature_request ?? {};
      return {
        requestId: textAt(request, 'signature_request_id') ?? requestId,
        state: stateOf(request),
        signers: listAt(request, 'signatures').map((signature) => {
          const code = textAt(signature, 'status_code') ?? '';
          const signedAt = textAt(signature, 'signed_at');
          return {
            name: textAt(signature, 'signer_name') ?? '',
            email: textAt(signature, 'signer_email_address') ?? '',
            state: signerStates[code] ?? (code.startsWith('error') ? 'failed' : 'waiting'),
            signedAt: signedAt === undefined ? null : new Date(Number(signedAt) * 1000).toISOString(),
          };
        }),
      };
    },
  },
};

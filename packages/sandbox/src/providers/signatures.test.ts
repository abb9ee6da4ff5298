import { SignatureRequestApi } from '@dropbox/sign';
import { sandboxDefinitions } from '@trunkline/server/commands/sandbox-definitions';
import { afterEach, describe, expect, it } from 'vitest';
import { openSandbox, tokensFor } from '../testing/open-sandbox.ts';
import type { OpenSandbox } from '../testing/open-sandbox.ts';

let open: OpenSandbox;
afterEach(() => open.sandbox.close());

describe('Dropbox Sign', () => {
  const pdf = {
    value: Buffer.from('%PDF-1.4\n'),
    options: { filename: 'a.pdf', contentType: 'application/pdf' },
  };
  const request = {
    title: 'Contract',
    subject: 'Your contract',
    signers: [
      { name: 'Jane', emailAddress: 'jane@example.com', order: 0 },
      { name: 'Joe', emailAddress: 'joe@example.com', order: 1 },
    ],
    files: [pdf],
    metadata: { contract: '42' },
    testMode: true,
  };

  async function client(): Promise<SignatureRequestApi> {
    open = await openSandbox(sandboxDefinitions(), 'hellosign');
    const api = new SignatureRequestApi(open.sandbox.reroute('hellosign', 'https://api.hellosign.com/v3'));
    api.username = open.values['apiKey']!;
    return api;
  }

  it('satisfies Dropbox Sign’s own client', async () => {
    const api = await client();
    const { body } = await api.signatureRequestSend(request);
    expect(body.signatureRequest).toMatchObject({
      title: 'Contract',
      testMode: true,
      isComplete: false,
      metadata: { contract: '42' },
      signatures: [
        { signerEmailAddress: 'jane@example.com', order: 0, statusCode: 'awaiting_signature' },
        { signerEmailAddress: 'joe@example.com', order: 1 },
      ],
    });
    const found = await api.signatureRequestGet(body.signatureRequest.signatureRequestId!);
    expect(found.body.signatureRequest.signatureRequestId).toBe(body.signatureRequest.signatureRequestId);
  });

  it('tells its own client what is wrong', async () => {
    const api = await client();
    const nobody = { name: 'Jane', emailAddress: 'jane' };
    await expect(api.signatureRequestSend({ ...request, signers: [nobody] })).rejects.toMatchObject({
      statusCode: 400,
      body: { error: { errorName: 'invalid_recipient' } },
    });
    await expect(api.signatureRequestGet('nobody')).rejects.toMatchObject({
      statusCode: 404,
      body: { error: { errorName: 'not_found' } },
    });
    api.username = 'wrong';
    await expect(api.signatureRequestSend(request)).rejects.toMatchObject({ statusCode: 401 });
  });

  it('is strict', async () => {
    await client();
    const authorization = `Basic ${Buffer.from(`${open.values['apiKey']}:`).toString('base64')}`;
    const post = async (fields: Record<string, string>, withFile = true) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      if (withFile) body.append('files[0]', new Blob(['%PDF']), 'a.pdf');
      const url = 'https://api.hellosign.com/v3/signature_request/send';
      return (await open.call('POST', url, { body, headers: { authorization } })).status;
    };
    const signer = { 'signers[0][name]': 'Jane', 'signers[0][email_address]': 'jane@example.com' };
    expect(await post(signer)).toBe(200);
    expect(await post(signer, false)).toBe(400);
    expect(await post({ ...signer, titel: 'x' })).toBe(400);
    expect(await post({ ...signer, 'signers[1][name]': 'Joe' })).toBe(400);
    expect(await post({})).toBe(400);
  });
});

describe('Docusign', () => {
  const root =
    'https://demo.docusign.net/restapi/v2.1/accounts/00000000-0000-0000-0000-000000000000/envelopes';
  const envelope = {
    status: 'sent',
    emailSubject: 'Your contract',
    documents: [{ documentId: '1', name: 'a.pdf', documentBase64: 'JVBERi0xLjQK' }],
    recipients: { signers: [{ recipientId: '1', name: 'Jane', email: 'jane@example.com' }] },
  };

  it('is strict', async () => {
    const oauth = tokensFor({ app: ['signature'], narrow: ['extended'] });
    open = await openSandbox(sandboxDefinitions(), 'docusign', { oauth });
    const codeOf = async (json: unknown, url = root, token = 'app') => {
      const answer = await open.call('POST', url, { json, headers: { authorization: `Bearer ${token}` } });
      return (answer.json as { errorCode?: string; envelopeId?: string } | null)?.errorCode ?? answer.status;
    };
    expect(await codeOf(envelope)).toBe(201);
    expect(await codeOf(envelope, root, 'narrow')).toBe(403);
    expect(await codeOf(envelope, root.replace('/0000', '/1000'))).toBe(
      'USER_DOES_NOT_BELONG_TO_SPECIFIED_ACCOUNT',
    );
    expect(await codeOf({ ...envelope, documents: [] })).toBe('ENVELOPE_IS_INCOMPLETE');
    expect(await codeOf({ ...envelope, emailSubject: 'x'.repeat(101) })).toBe('INVALID_REQUEST_PARAMETER');
    const [document] = envelope.documents;
    expect(await codeOf({ ...envelope, documents: [{ ...document, documentBase64: '%PDF' }] })).toBe(
      'UNABLE_TO_LOAD_DOCUMENT',
    );
    const signers = [{ recipientId: '1', name: 'Jane', email: 'jane' }];
    expect(await codeOf({ ...envelope, recipients: { signers } })).toBe(
      'INVALID_EMAIL_ADDRESS_FOR_RECIPIENT',
    );
    expect(await codeOf({ ...envelope, transactionId: 'x' })).toBe('INVALID_REQUEST_PARAMETER');
  });
});

import { revealApiKey } from '@trunkline/contract/api-keys';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callOperation, onSignedOut } from './api.ts';
import { answerReauthentication, isReauthenticationAsked } from './reauthentication.ts';

type Answer = { result: { data: unknown } } | { error: object };

function refusal(code: string, detail: string): Answer {
  const problem = { type: 'x', title: 'x', status: 403, code, detail, requestId: 'req_1' };
  return { error: { message: detail, code: -32_603, data: { code: 'FORBIDDEN', httpStatus: 403, problem } } };
}

/** Stands in for the server: gives these answers, one a request, and keeps what was asked. */
function serve(answers: Answer[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string | URL, init: RequestInit) => {
    asked.push(`${init.method} ${url} ${JSON.stringify(init.body)}`);
    return Promise.resolve(Response.json([answers.shift()]));
  });
  return asked;
}

async function whenAsked(): Promise<void> {
  await vi.waitFor(() => expect(isReauthenticationAsked()).toBe(true));
}

afterEach(() => vi.unstubAllGlobals());

describe('callOperation', () => {
  it('posts the input to the procedure', async () => {
    const asked = serve([{ result: { data: { key: 'k' } } }]);
    expect(await callOperation(revealApiKey, { purpose: 'show' })).toEqual({ key: 'k' });
    expect(asked).toEqual([
      String.raw`POST /api/trpc/apiKeys.revealApiKey?batch=1 "{\"0\":{\"purpose\":\"show\"}}"`,
    ]);
  });

  it('asks for the password, then sends the refused call again', async () => {
    const asked = serve([
      refusal('reauthentication_required', 'Confirm'),
      { result: { data: { key: 'k' } } },
    ]);
    const call = callOperation(revealApiKey, { purpose: 'copy' });
    await whenAsked();
    answerReauthentication(true);
    expect(await call).toEqual({ key: 'k' });
    expect(asked).toHaveLength(2);
    expect(asked[0]).toBe(asked[1]);
  });

  it('sends nothing more when the dialog is closed', async () => {
    const asked = serve([refusal('reauthentication_required', 'Confirm')]);
    const call = callOperation(revealApiKey, { purpose: 'copy' });
    const outcome = call.catch((error: unknown) => error);
    await whenAsked();
    answerReauthentication(false);
    expect(await outcome).toMatchObject({ code: 'reauthentication_required', requestId: 'req_1' });
    expect(asked).toHaveLength(1);
  });

  it('says when the session has ended', async () => {
    serve([refusal('unauthenticated', 'Sign in')]);
    const ended = vi.fn<() => void>();
    onSignedOut(ended);
    await expect(callOperation(revealApiKey, { purpose: 'copy' })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(ended).toHaveBeenCalledOnce();
  });

  it('calls a lost connection unreachable', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    await expect(callOperation(revealApiKey, { purpose: 'copy' })).rejects.toMatchObject({
      code: 'unreachable',
    });
  });
});

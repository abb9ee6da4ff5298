import { browserSupportsWebAuthn, startAuthentication, startRegistration } from '@simplewebauthn/browser';
import type { finishPasskey } from '@trunkline/contract/account';
import type { InputOf } from '@trunkline/contract/operation';
import { ApiError } from './api-error.ts';

/** A passkey's answer, for the operations that take one. */
export type PasskeyAnswer = InputOf<typeof finishPasskey>['passkey'];

/** Says whether this browser knows passkeys at all. */
export const supportsPasskeys = browserSupportsWebAuthn;

/**
 * Asks the browser for a new passkey.
 * @throws ApiError `cancelled` when there is none in the end
 */
export function createPasskey(options: Record<string, unknown>): Promise<PasskeyAnswer> {
  return answerOf(startRegistration({ optionsJSON: options as never }));
}

/**
 * Asks the browser for a passkey's answer.
 * @throws ApiError `cancelled` when there is none in the end
 */
export function askPasskey(options: Record<string, unknown>): Promise<PasskeyAnswer> {
  return answerOf(startAuthentication({ optionsJSON: options as never }));
}

/** Browsers do not tell why: whether it was cancelled, took too long, or there is no passkey. */
async function answerOf(asked: Promise<unknown>): Promise<PasskeyAnswer> {
  try {
    return (await asked) as PasskeyAnswer;
  } catch (thrown) {
    const known = thrown instanceof Error && thrown.name === 'InvalidStateError';
    throw new ApiError({
      code: 'cancelled',
      detail: known
        ? 'This device has a passkey of your account already.'
        : 'The browser gave no passkey. It was cancelled, or there is none for this address.',
    });
  }
}

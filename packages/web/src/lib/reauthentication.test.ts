import { describe, expect, it } from 'vitest';
import {
  answerReauthentication,
  askForReauthentication,
  isReauthenticationAsked,
} from './reauthentication.ts';

describe('askForReauthentication', () => {
  it('asks once for all calls that wait, and tells each of them', async () => {
    const first = askForReauthentication();
    const second = askForReauthentication();
    expect(isReauthenticationAsked()).toBe(true);
    answerReauthentication(true);
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(isReauthenticationAsked()).toBe(false);
  });

  it('asks anew after a refusal', async () => {
    const refused = askForReauthentication();
    answerReauthentication(false);
    expect(await refused).toBe(false);
    const next = askForReauthentication();
    answerReauthentication(true);
    expect(await next).toBe(true);
  });
});

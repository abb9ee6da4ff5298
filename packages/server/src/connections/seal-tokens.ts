import type { App } from '../ctx.ts';
import type { TokenAnswer } from './token-answer.ts';
import { tokenPlace } from './token-row.ts';
import type { NewTokens, TokenPlace, TokenRow } from './token-row.ts';

/** An answer's tokens as they are stored. */
export function sealTokens(
  app: Pick<App, 'secretBox'>,
  place: TokenPlace,
  answer: Pick<TokenAnswer, 'accessToken' | 'refreshToken' | 'expiresAt'>,
  rest: Pick<NewTokens, 'scopes' | 'extra'>,
): NewTokens {
  const { accessToken, refreshToken, expiresAt } = answer;
  return {
    accessBox: app.secretBox.seal(accessToken, tokenPlace(place, 'access_box')),
    refreshBox:
      refreshToken === null ? null : app.secretBox.seal(refreshToken, tokenPlace(place, 'refresh_box')),
    expiresAt,
    ...rest,
  };
}

/** The stored tokens, opened. */
export function openTokens(
  app: Pick<App, 'secretBox'>,
  place: TokenPlace,
  row: Pick<TokenRow, 'accessBox' | 'refreshBox'>,
): { accessToken: string | null; refreshToken: string | null } {
  const open = (box: Buffer | null, column: 'access_box' | 'refresh_box') =>
    box === null ? null : app.secretBox.open(box, tokenPlace(place, column));
  return {
    accessToken: open(row.accessBox, 'access_box'),
    refreshToken: open(row.refreshBox, 'refresh_box'),
  };
}

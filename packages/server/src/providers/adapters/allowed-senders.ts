import { addressOf } from './mail-events.ts';

/**
 * Whether mail of this sender is wanted. `list` names addresses and domains, with an `@` before them or not; empty means
 * everybody. The sender is whoever the mail says; whether that is proven, `mail-proof.ts` says.
 */
export function isAllowedSender(from: string, list: string | undefined): boolean {
  const allowed = (list ?? '')
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((entry) => entry !== '');
  if (allowed.length === 0) return true;
  const address = addressOf(from).toLowerCase();
  const domain = /^[^\s@,]+@([^\s@,]+)$/.exec(address)?.[1];
  if (domain === undefined) return false;
  return allowed.some((entry) =>
    entry.indexOf('@') > 0 ? entry === address : entry.replace(/^@/, '') === domain,
  );
}

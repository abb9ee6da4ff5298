import type { SuppressionReason } from '@trunkline/contract/inbound';

/** Why no more mail goes to an address, in words. */
export const reasonWords: Record<SuppressionReason, string> = {
  bounced: 'Bounced',
  spam_reported: 'Reported as spam',
  unsubscribed: 'Unsubscribed',
  manual: 'Added by hand',
};

/** What taking it off the list may lead to, by why it is there. */
export const removalWarnings: Record<SuppressionReason, string> = {
  bounced: 'Mail to it has come back for good. If it comes back again, the address returns to this list.',
  spam_reported:
    'Its owner has called your mail spam. Writing again can harm the standing of all the mail that you send.',
  unsubscribed: 'Its owner wants no more mail. Write again only if they have asked you to.',
  manual: 'Somebody here has put it on the list.',
};

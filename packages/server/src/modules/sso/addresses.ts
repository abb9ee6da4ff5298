/** Where a sign-in through an identity provider begins, and where browsers come back to. */
export const ssoPaths = { start: '/api/sso/start', callback: '/api/sso/callback' };

export const startUrl = (publicUrl: string): string => `${publicUrl}${ssoPaths.start}`;
export const callbackUrl = (publicUrl: string): string => `${publicUrl}${ssoPaths.callback}`;

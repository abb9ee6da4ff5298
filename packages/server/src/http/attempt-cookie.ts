/** One cookie for each attempt, so that several in one browser do not disturb each other. */
export function attemptCookie(prefix: string, secure: boolean, lifeMs: number) {
  const name = (attemptId: string): string =>
    `${secure ? '__Host-' : ''}${prefix}_${attemptId.replaceAll('-', '')}`;
  return {
    set: (attemptId: string, value: string): string =>
      `${name(attemptId)}=${value}; Max-Age=${lifeMs / 1000}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`,
    read: (header: string, attemptId: string): string | null => {
      const wanted = `${name(attemptId)}=`;
      const pair = header.split(';').find((each) => each.trim().startsWith(wanted));
      return pair === undefined ? null : pair.trim().slice(wanted.length);
    },
  };
}

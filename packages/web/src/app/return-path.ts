/**
 * The path to go back to after signing in. Only a path of this site: anything else in the address bar could
 * send a person who has just signed in to another site.
 */
export function returnPath(text: string): string {
  const isOwnPath = /^\/(?![/\\])[^\s\\]*$/.test(text);
  return isOwnPath && !text.startsWith('/sign-in') ? text : '/';
}

/** Fewest characters of a new password; the server's rule in `contract/access.ts`. */
const fewest = 12;

export const passwordHint = `At least ${fewest} characters. A few words are easier to keep in mind than signs.`;

/** What is wrong with a new password, null when nothing is. */
export function passwordProblem(value: string): string | null {
  if (value.length < fewest) return `Use at least ${fewest} characters`;
  if (value.length > 128) return 'Use at most 128 characters';
  return null;
}

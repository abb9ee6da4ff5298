/** The scopes in a parameter, without repetitions. */
export function readScopes(text: string | undefined, separator: string): string[] {
  const parts = (text ?? '').split(separator).map((scope) => scope.trim());
  return [...new Set(parts)].filter((scope) => scope !== '');
}

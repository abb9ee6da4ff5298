/** Networks as they are typed: one a line, or with commas or spaces between them. */
export function readNetworkList(text: string): string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}

/** Where a key may be used, in a few words. */
export function networksText(networks: readonly string[]): string {
  if (networks.length === 0) return 'Everywhere';
  const [first, second, ...rest] = networks;
  const shown = second === undefined ? first! : `${first}, ${second}`;
  return rest.length === 0 ? shown : `${shown} and ${rest.length} more`;
}

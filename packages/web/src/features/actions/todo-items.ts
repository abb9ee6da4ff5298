/** The fields of something that a person has to do, as a list: `applyUrl` is shown as `Apply url`. */
export function todoItems(todo: unknown): { label: string; value: string }[] {
  if (typeof todo !== 'object' || todo === null) return [];
  return Object.entries(todo).map(([key, value]) => ({ label: labelOf(key), value: textOf(value) }));
}

function labelOf(key: string): string {
  const words = key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Object.values(value).map(textOf).join(', ');
  return String(value);
}

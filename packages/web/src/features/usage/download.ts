/** Saves a file that came in base64 under its name. */
export function saveFile({
  name,
  contentType,
  content,
}: {
  name: string;
  contentType: string;
  content: string;
}): void {
  const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
  const url = URL.createObjectURL(new Blob([bytes], { type: contentType }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

import { docsPolicy } from './security-headers.ts';

const style =
  'body{margin:15vh auto;max-width:32rem;padding:0 1rem;font-family:system-ui,sans-serif;line-height:1.5}' +
  'h1{font-size:1.5rem}@media(prefers-color-scheme:dark){body{background:#14171c;color:#e6e9ee}}';

/** A page of a few words for a browser that is not signed in; nothing of it is ours to the outside but the words. */
export function plainPage(status: number, { title, detail }: { title: string; detail: string }): Response {
  const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main><h1>${escape(title)}</h1><p>${escape(detail)}</p></main>
</body>
</html>`;
  return new Response(page, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': docsPolicy },
  });
}

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escape = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign]!);

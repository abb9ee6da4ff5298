/** The parts of a portal's code in a product, with the address of this server. */
export function embedSnippets(server: string): { value: string; label: string; code: string }[] {
  return [
    {
      value: 'server',
      label: 'Back end',
      code: `// GET /portal-token of your product, for a user who is signed in there
const response = await fetch('${server}/api/v1/portal/tokens', {
  method: 'POST',
  headers: {
    authorization: \`Bearer \${process.env.TRUNKLINE_API_KEY}\`,
    'content-type': 'application/json',
  },
  body: JSON.stringify({
    parts: ['webhooks', 'integrations'],
    role: 'utility_admin',
    subject: user.email,
    expiresInSeconds: 900,
  }),
});
// { token, url, exchangeBy, expiresAt, … }: hand token and url to the page, and keep neither
return response.json();`,
    },
    {
      value: 'react',
      label: 'React',
      code: `import { TrunklinePortal } from '@trunkline/sdk/react';

<TrunklinePortal
  fetchToken={() => fetch('/portal-token').then((response) => response.json())}
  scheme="light"
  accent="#0f766e"
  title="Webhooks and integrations"
/>`,
    },
    {
      value: 'script',
      label: 'Without React',
      code: `import { embedPortal } from '@trunkline/sdk/embed';

const portal = embedPortal(document.querySelector('#portal'), {
  fetchToken: () => fetch('/portal-token').then((response) => response.json()),
  title: 'Webhooks and integrations',
});
// portal.look({ scheme: 'dark' }); portal.remove();`,
    },
  ];
}

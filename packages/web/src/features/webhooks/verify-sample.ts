/** A receiver that checks the signature, ready to run; the secret is read from the environment. */
export const verifyTypeScript = `import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks'; // npm install standardwebhooks

const webhook = new Webhook(process.env.WEBHOOK_SECRET ?? '');

createServer(async (request, response) => {
  const body = await text(request); // the bytes as they came, not parsed and written again
  try {
    const event = webhook.verify(body, request.headers as Record<string, string>);
    console.log('received', event);
    response.writeHead(204).end();
  } catch {
    response.writeHead(401).end();
  }
}).listen(4000);
`;

/**
 * Sends a signed request to a receiver at `url`, to try its check without waiting for an event. The key is the
 * part of the secret behind \`whsec_\`, decoded from base64.
 */
export function verifyCurl(url: string): string {
  return `# Sends a signed event to your receiver; expects WEBHOOK_SECRET=whsec_…
ID=evt_test TIME=$(date +%s) BODY='{"type":"test.event","data":{}}'
KEY=$(printf %s "\${WEBHOOK_SECRET#whsec_}" | base64 -d | od -An -tx1 | tr -d ' \\n')
SIGNATURE=$(printf %s "$ID.$TIME.$BODY" | openssl dgst -sha256 -mac HMAC -macopt hexkey:$KEY -binary | base64)

curl -i '${url.replaceAll("'", "'\\''")}' \\
  -H 'Content-Type: application/json' \\
  -H "webhook-id: $ID" -H "webhook-timestamp: $TIME" \\
  -H "webhook-signature: v1,$SIGNATURE" \\
  --data-raw "$BODY"
`;
}

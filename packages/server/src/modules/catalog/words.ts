import type { Auth, HealthCheck, Provider } from '../../providers/provider.ts';

const schemes = { 'aws-sigv4': 'AWS Signature Version 4', 'sumsub-hmac': 'HMAC of Sumsub' };

const connectionLabels: Record<Exclude<Auth['type'], 'oauth2' | 'signed'>, string> = {
  api_key: 'API key',
  basic: 'Keys (HTTP basic)',
  smtp: 'SMTP',
  sftp: 'SFTP',
  manual: 'Files by hand',
  local: 'Folder',
  inbound: 'Only receives',
};

/** How one connects, in a few words. */
export function connectionLabel(auth: Auth): string {
  if (auth.type === 'oauth2')
    return auth.grant === 'client_credentials' ? 'OAuth 2.0 without sign-in' : 'OAuth 2.0';
  if (auth.type === 'signed') return `Signed calls (${schemes[auth.scheme]})`;
  return connectionLabels[auth.type];
}

/** What the integration may do when it is connected in this way, for people: one line a permission. */
export function permissionsOf(
  auth: Auth,
  { name }: Pick<Provider, 'name'>,
): { text: string; required: boolean }[] {
  if (auth.type === 'oauth2' && auth.scopes.length > 0) {
    return auth.scopes.map(({ means, required }) => ({ text: means, required }));
  }
  return [{ text: permissionSentence(auth, name), required: true }];
}

function permissionSentence(auth: Auth, name: string): string {
  switch (auth.type) {
    case 'oauth2':
      return `Whatever the app was given at ${name}: it asks for no permissions one by one`;
    case 'api_key':
    case 'basic':
    case 'signed':
      return `Whatever the entered keys may do at ${name}: give them no more than is needed here`;
    case 'smtp':
      return 'Send mail through the mail server as the user that is entered';
    case 'sftp':
      return 'List, read and write files in the folders of the exchange';
    case 'manual':
      return `Nothing at ${name}: a person carries the files`;
    case 'local':
      return 'List, read and write files in one folder of this server';
    case 'inbound':
      return `Nothing at ${name}: it only sends to here`;
  }
}

/** What a health check does, in a sentence. */
export function healthSentence(health: HealthCheck): string {
  switch (health.kind) {
    case 'http': {
      const body = health.mustContain === undefined ? '' : ` with ${health.mustContain} in it`;
      return `Calls ${health.method} ${health.path}; the answer ${health.expect.join(' or ')}${body} means that it works.`;
    }
    case 'token':
      return 'Asks for an access token.';
    case 'smtp':
      return 'Connects to the mail server and signs in.';
    case 'sftp':
      return 'Connects, signs in and lists the folder.';
    case 'local':
      return 'Looks whether the folder can be used.';
    case 'dns':
      return 'Looks up the DNS records.';
    case 'form':
      return 'Looks at the form of the values only; nothing is called.';
  }
}

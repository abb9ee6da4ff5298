import type { CustomDefinition } from '@trunkline/contract/custom-providers';
import type { Provider } from '../providers/provider.ts';
import { hmacWebhookParts } from './custom/hmac-webhook.ts';
import { oauth2Parts } from './custom/oauth2.ts';
import type { KindParts } from './custom/parts.ts';
import { restParts } from './custom/rest.ts';
import { s3Parts } from './custom/s3.ts';
import { smtpParts } from './custom/smtp.ts';

/** A provider in the shape of the built-in ones, from what an organization says of it (CAT-5). */
export function providerFromDefinition(slug: string, definition: CustomDefinition): Provider {
  const { name, category, description, docsUrl, statusPageUrl } = definition;
  const { sentence, ...parts } = partsOf(definition);
  return {
    slug,
    name,
    category,
    description: description === '' ? sentence : description,
    website: null,
    docsUrl,
    statusPageUrl,
    selfServe: true,
    ...parts,
    limits: { published: null },
    settings: [],
    exchange: null,
    simulate: null,
    evidence: 'recalled',
    notes: null,
  };
}

function partsOf(definition: CustomDefinition): KindParts {
  switch (definition.kind) {
    case 'rest':
      return restParts(definition);
    case 'oauth2':
      return oauth2Parts(definition);
    case 'smtp':
      return smtpParts(definition);
    case 's3':
      return s3Parts(definition);
    case 'hmac-webhook':
      return hmacWebhookParts(definition);
  }
}

/**
 * Where and how the credentials of a provider travel, as texts that can be compared: whoever may change a definition
 * must not thereby lead stored credentials elsewhere.
 */
export function destinationsOf(definition: CustomDefinition): string[] {
  const origin = (url: string | null) => (url === null ? [] : [new URL(url).origin]);
  switch (definition.kind) {
    case 'rest':
      return ['rest', ...origin(definition.baseUrl), definition.auth.type];
    case 'oauth2': {
      const { grant, authorizationUrl, tokenUrl, revokeUrl, userinfoUrl, baseUrl } = definition;
      const urls = [authorizationUrl, tokenUrl, revokeUrl, userinfoUrl, baseUrl];
      return ['oauth2', grant, ...new Set(urls.flatMap(origin).sort())];
    }
    case 'smtp':
      return ['smtp', definition.host.toLowerCase(), String(definition.port)];
    case 's3':
      return ['s3', ...origin(definition.endpoint), definition.bucketStyle];
    case 'hmac-webhook':
      return ['hmac-webhook'];
  }
}

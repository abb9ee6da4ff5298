import type { CustomDefinition } from '@trunkline/contract/custom-providers';
import { requireSafeAddress } from '../../connections/check-address.ts';
import { customSlug } from '../../connections/custom-slug.ts';
import type { App } from '../../ctx.ts';
import { fieldError } from '../../errors.ts';
import { discoverEndpoints } from './discover-endpoints.ts';

type Net = Pick<App, 'sender' | 'reroute' | 'egressAllow'>;

/**
 * A definition as it is stored: every address that will be called is checked, and what a discovery document says is
 * filled in where nothing was given.
 *
 * @throws AppError `invalid_input`
 */
export async function prepareDefinition(app: Net, definition: CustomDefinition): Promise<CustomDefinition> {
  switch (definition.kind) {
    case 'rest':
      return { ...definition, baseUrl: await baseAddress(app, definition.baseUrl) };
    case 'oauth2':
      return prepareOAuth2(app, definition);
    case 'smtp':
      await requireSafeAddress(app, `https://${definition.host}:${definition.port}/`, '/definition/host');
      return definition;
    case 's3': {
      const { origin, pathname, search, hash } = await requireSafeAddress(
        app,
        definition.endpoint,
        '/definition/endpoint',
      );
      if (pathname !== '/' || search !== '' || hash !== '') {
        throw fieldError('invalid_input', '/definition/endpoint', 'Give it without a path.');
      }
      return { ...definition, endpoint: origin };
    }
    case 'hmac-webhook':
      return definition;
  }
}

async function prepareOAuth2(
  app: Net,
  definition: Extract<CustomDefinition, { kind: 'oauth2' }>,
): Promise<CustomDefinition> {
  const given = { ...definition };
  for (const key of ['discoveryUrl', 'authorizationUrl', 'tokenUrl', 'revokeUrl', 'userinfoUrl'] as const) {
    const url = definition[key];
    if (url !== null) given[key] = await calledAddress(app, url, `/definition/${key}`);
  }
  if (definition.baseUrl !== null) given.baseUrl = await baseAddress(app, definition.baseUrl);
  if (given.discoveryUrl === null) return { ...given, clientAuth: given.clientAuth ?? 'basic' };
  const found = await discoverEndpoints(app, customSlug(given.name, new Set()), given.discoveryUrl);
  const filled = {
    ...given,
    authorizationUrl: given.authorizationUrl ?? found.authorizationUrl,
    tokenUrl: given.tokenUrl ?? found.tokenUrl,
    revokeUrl: given.revokeUrl ?? found.revokeUrl,
    userinfoUrl: given.userinfoUrl ?? found.userinfoUrl,
    pkce: given.pkce ?? found.pkce,
    clientAuth: given.clientAuth ?? found.clientAuth,
  };
  for (const key of ['tokenUrl', 'authorizationUrl'] as const) {
    if (filled[key] !== null || (key === 'authorizationUrl' && filled.grant === 'client_credentials'))
      continue;
    throw fieldError('invalid_input', `/definition/${key}`, 'The discovery document has none: give it here.');
  }
  return filled;
}

/** An address to which a query may belong, but no fragment. */
async function calledAddress(app: Net, url: string, pointer: string): Promise<string> {
  const checked = await requireSafeAddress(app, url, pointer);
  if (checked.hash !== '') throw fieldError('invalid_input', pointer, 'Give it without the part after #.');
  return checked.href;
}

/** An address behind which paths are put. */
async function baseAddress(app: Net, url: string): Promise<string> {
  const pointer = '/definition/baseUrl';
  const { origin, pathname, search, hash } = await requireSafeAddress(app, url, pointer);
  if (search !== '' || hash !== '') {
    throw fieldError('invalid_input', pointer, 'Give it without the parts after ? and #.');
  }
  return origin + pathname.replace(/\/+$/, '');
}

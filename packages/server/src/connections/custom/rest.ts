import type { CustomAuth, CustomDefinition, CustomHealth } from '@trunkline/contract/custom-providers';
import type { HealthCheck, KeyAuth } from '../../providers/provider.ts';
import { refusedCredentials, secretField } from './parts.ts';
import type { KindParts } from './parts.ts';

/** A REST API with a key, as the definition describes it. */
export function restParts(definition: Extract<CustomDefinition, { kind: 'rest' }>): KindParts {
  const { name, baseUrl, auth, health } = definition;
  return {
    sentence: `The API of ${name} at ${new URL(baseUrl).host}.`,
    auth: [keyAuth(auth, name)],
    baseUrl,
    health: healthOf(health, name),
    errors: [refusedCredentials],
    features: ['Calls of its REST API'],
    setupSteps: [`At ${name}, create credentials that may do no more than is needed here.`],
    inbound: null,
  };
}

/** The check of a definition as a provider has it. */
export function healthOf({ method, path, expect, mustContain }: CustomHealth, name: string): HealthCheck {
  return {
    kind: 'http',
    method,
    path,
    expect,
    ...(mustContain === null ? {} : { mustContain }),
    why: `Proves that ${name} accepts the credentials, by a call that was chosen for it.`,
  };
}

function keyAuth(auth: CustomAuth, name: string): KeyAuth {
  const help = auth.help || `From the settings of your account at ${name}.`;
  switch (auth.type) {
    case 'header': {
      const field = secretField('apiKey', auth.label, help);
      return { type: 'api_key', fields: [field], headers: { [auth.header]: `${auth.prefix}{apiKey}` } };
    }
    case 'query': {
      const field = secretField('apiKey', auth.label, help);
      return { type: 'api_key', fields: [field], headers: {}, query: { [auth.parameter]: '{apiKey}' } };
    }
    case 'bearer': {
      const field = secretField('token', auth.label, help);
      return { type: 'api_key', fields: [field], headers: { authorization: 'Bearer {token}' } };
    }
    case 'basic':
      return {
        type: 'basic',
        fields: [
          { key: 'username', label: auth.userLabel, secret: false, help, level: 'account' },
          { ...secretField('password', auth.passwordLabel, help), optional: true },
        ],
        headers: {},
        basic: ['{username}', '{password}'],
      };
  }
}

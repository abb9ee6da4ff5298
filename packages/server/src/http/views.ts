import type { Ctx } from '../ctx.ts';

type Values = Record<string, unknown>;

/** Another presentation of an operation at an address: S17 names some fields differently. */
export interface View {
  input?: (input: Values) => Values;
  output: (output: Values, ctx: Ctx) => Values;
  /** The status of a success, where it depends on the output. */
  status?: (output: Values) => 200 | 202;
  /** What `input` and `output` do to the JSON Schemas of the documentation. */
  inputSchema?: (schema: Values) => Values;
  outputSchema: (schema: Values) => Values;
}

function companyWebhook(webhook: Values, ctx: Ctx): Values {
  return {
    ...webhook,
    // S17 knows three words; one that is paused is sent nothing, either.
    status: webhook['status'] === 'paused' ? 'disabled' : webhook['status'],
    companyId: ctx.organizationId,
    signingSecret: webhook['secret'] ?? webhook['secretPreview'],
  };
}

/** S17's modal asks for no name; the host of the URL stands in. */
function withName(input: Values): Values {
  if (input['name'] !== undefined || typeof input['url'] !== 'string' || input['id'] !== undefined)
    return input;
  return { ...input, name: URL.canParse(input['url']) ? new URL(input['url']).host : 'Webhook' };
}

/** Adds fields that are always there. */
function withFields(schema: Values, fields: Values): Values {
  const properties = { ...(schema['properties'] as Values), ...fields };
  const required = new Set([...((schema['required'] as string[] | undefined) ?? []), ...Object.keys(fields)]);
  return { ...schema, properties, required: [...required] };
}

const companyId = { type: 'string', format: 'uuid', description: 'The organization.' };

const companyWebhookSchema = (schema: Values): Values =>
  withFields(schema, {
    companyId,
    status: { type: 'string', enum: ['active', 'disabled', 'failing'] },
    signingSecret: {
      type: 'string',
      description: 'Whole in the answer that creates the webhook, masked elsewhere.',
    },
  });

function withoutRequiredName(schema: Values): Values {
  const required = (schema['required'] as string[] | undefined) ?? [];
  return { ...schema, required: required.filter((name) => name !== 'name') };
}

/** S17's company integration has one word for the three states that it knows, and the problem as one text. */
function companyIntegration(integration: Values, ctx: Ctx): Values {
  const { provider, status, settings, problem, connectedBy } = integration as {
    provider: { slug: string };
    status: string;
    settings: unknown;
    problem: { title: string; cause: string } | null;
    connectedBy: { name: string } | null;
  };
  return {
    ...integration,
    companyId: ctx.organizationId,
    integrationId: provider.slug,
    status: status === 'degraded' ? 'active' : status,
    config: settings,
    connectedBy: connectedBy?.name ?? null,
    errorMessage: problem === null ? null : `${problem.title}. ${problem.cause}`,
  };
}

export const views: Record<string, View> = {
  // What still has to be done is accepted.
  action: {
    output: (action) => action,
    status: ({ status }) => (status === 'queued' || status === 'running' ? 202 : 200),
    outputSchema: (schema) => schema,
  },
  companyIntegration: {
    output: companyIntegration,
    outputSchema: (schema) =>
      withFields(schema, {
        companyId,
        integrationId: { type: 'string', description: 'Slug of the provider.' },
        status: { type: 'string', enum: ['active', 'error', 'pending', 'disabled'] },
        config: { type: 'object', additionalProperties: true, description: 'The settings.' },
        connectedBy: { type: ['string', 'null'] },
        errorMessage: { type: ['string', 'null'] },
      }),
  },
  companyWebhook: {
    input: withName,
    output: companyWebhook,
    inputSchema: withoutRequiredName,
    outputSchema: companyWebhookSchema,
  },
  companyWebhookList: {
    output: (list, ctx) => ({
      ...list,
      data: (list['data'] as Values[]).map((webhook) => companyWebhook(webhook, ctx)),
    }),
    outputSchema: (schema) => {
      const properties = schema['properties'] as { data: Values };
      const items = companyWebhookSchema(properties.data['items'] as Values);
      return { ...schema, properties: { ...properties, data: { ...properties.data, items } } };
    },
  },
  companyApiKey: {
    output: (key, ctx) => ({ ...key, companyId: ctx.organizationId, key: key['key'] ?? key['keyPreview'] }),
    outputSchema: (schema) =>
      withFields(schema, {
        companyId,
        key: { type: 'string', description: 'Whole in the answer that makes a new key, masked elsewhere.' },
      }),
  },
};

import type { Ctx } from '../ctx.ts';

type Values = Record<string, unknown>;

/** Another presentation of an operation at an address: S17 names some fields differently. */
export interface View {
  input?: (input: Values) => Values;
  output: (output: Values, ctx: Ctx) => Values;
}

function companyWebhook(webhook: Values, ctx: Ctx): Values {
  return {
    ...webhook,
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

export const views: Record<string, View> = {
  companyWebhook: { input: withName, output: companyWebhook },
  companyWebhookList: {
    output: (list, ctx) => ({
      ...list,
      data: (list['data'] as Values[]).map((webhook) => companyWebhook(webhook, ctx)),
    }),
  },
  companyApiKey: {
    output: (key, ctx) => ({ ...key, companyId: ctx.organizationId, key: key['key'] ?? key['keyPreview'] }),
  },
};

import type { ProviderDetail } from '@trunkline/contract/catalog';
import type { InboundSource } from '@trunkline/contract/inbound';
import { keyOf } from './source-words.ts';

/** Where a provider takes the address of a webhook: the way through its screens, the field, and what to do there besides. */
interface Place {
  where: string;
  field: string;
  also?: string;
}

const places: Record<string, Place> = {
  sendgrid: {
    where: 'SendGrid → Settings → Mail Settings → Event Webhook',
    field: 'Post URL',
    also: 'Switch the signed event webhook on; SendGrid then shows the verification key.',
  },
  stripe: { where: 'Stripe → Developers → Webhooks → Add endpoint', field: 'Endpoint URL' },
  'stripe-connect': {
    where: 'Stripe → Developers → Webhooks → Add endpoint',
    field: 'Endpoint URL',
    also: 'Choose events of connected accounts.',
  },
  twilio: {
    where: 'Twilio Console → Phone Numbers → your number → Messaging',
    field: 'A message comes in',
    also: 'For the fate of what you send, enter it as status callback of the messaging service, too.',
  },
  slack: {
    where: 'api.slack.com/apps → your app → Event Subscriptions',
    field: 'Request URL',
    also: 'Slack calls it at once, so enter the signing secret here first.',
  },
  zoom: {
    where: 'Zoom App Marketplace → Manage → your app → Event Subscriptions',
    field: 'Event notification endpoint URL',
    also: 'Enter the secret token here first, then press Validate there.',
  },
  github: {
    where: 'GitHub → the repository or organization → Settings → Webhooks → Add webhook',
    field: 'Payload URL',
    also: 'Choose application/json as content type, and enter the same secret as here.',
  },
  docusign: {
    where: 'Docusign → Settings → Connect → Add configuration → Custom',
    field: 'URL to publish',
    also: 'Choose JSON, and include the HMAC signature.',
  },
  hellosign: { where: 'Dropbox Sign → Settings → API', field: 'Account callback' },
  checkr: { where: 'Checkr Dashboard → Account Settings → Developer Settings → Webhooks', field: 'URL' },
  onfido: { where: 'Onfido Dashboard → Developers → Webhooks', field: 'Webhook URL' },
  sumsub: {
    where: 'Sumsub → Dev space → Webhooks',
    field: 'Target URL',
    also: 'Choose HMAC with SHA-256 as the way of signing.',
  },
  calendly: {
    where: "Calendly's API, as there is no screen for it: POST /webhook_subscriptions",
    field: 'url',
    also: 'Webhooks of Calendly need a paid plan.',
  },
  hubspot: { where: 'HubSpot → your developer account → your app → Webhooks', field: 'Target URL' },
  shopify: {
    where: 'Shopify → Settings → Notifications → Webhooks → Create webhook',
    field: 'URL',
    also: 'Choose JSON as format.',
  },
  woocommerce: {
    where: 'WordPress → WooCommerce → Settings → Advanced → Webhooks → Add webhook',
    field: 'Delivery URL',
    also: 'Enter the same secret as here.',
  },
  mailgun: { where: 'Mailgun → Send → Sending → Webhooks', field: 'URL' },
  postmark: {
    where: 'Postmark → your server → the message stream → Webhooks → Add webhook',
    field: 'Webhook URL',
    also: 'Enter user and password of the basic authentication as here.',
  },
};

const withStop = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** What a person does at the provider so that its webhooks come to a source, in order. */
export function entrySteps(
  source: Pick<InboundSource, 'provider' | 'providerName' | 'keyFrom' | 'keyLabel' | 'keyHelp' | 'signature'>,
  inbound: ProviderDetail['inbound'],
): string[] {
  if (source.signature) {
    return [
      'Enter the address where the sender asks for the URL of its webhook.',
      source.signature.algorithm.startsWith('hmac')
        ? 'Give it the key, and let it sign as the example shows.'
        : 'Give it the key, and let it send it as the example shows.',
    ];
  }
  const place = places[source.provider];
  const steps = [
    place ? `Open ${place.where}.` : `Open the settings of webhooks at ${source.providerName}.`,
    place ? `Enter the address as ${place.field}.` : 'Enter the address, exactly so.',
    'Choose the events that you want to hear of.',
  ];
  if (place?.also) steps.push(place.also);
  if (source.keyFrom === 'missing') {
    steps.push(withStop(`Enter the ${keyOf(source)} here: ${source.keyHelp}`));
  }
  if (inbound?.notes && !place) steps.push(withStop(inbound.notes));
  return steps;
}

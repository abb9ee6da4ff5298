import type { SampleInput, Sample, SampleSet } from './sample.ts';
import { calendlySamples } from './samples/calendly.ts';
import { checkrSamples } from './samples/checkr.ts';
import { docusignSamples } from './samples/docusign.ts';
import { githubSamples } from './samples/github.ts';
import { hellosignSamples } from './samples/hellosign.ts';
import { hubspotSamples } from './samples/hubspot.ts';
import { mailgunSamples } from './samples/mailgun.ts';
import { microsoftSamples } from './samples/microsoft.ts';
import { onfidoSamples } from './samples/onfido.ts';
import { postmarkSamples } from './samples/postmark.ts';
import { sendgridSamples } from './samples/sendgrid.ts';
import { shopifySamples } from './samples/shopify.ts';
import { slackSamples } from './samples/slack.ts';
import { stripeSamples } from './samples/stripe.ts';
import { sumsubSamples } from './samples/sumsub.ts';
import { twilioSamples } from './samples/twilio.ts';
import { woocommerceSamples } from './samples/woocommerce.ts';
import { zoomSamples } from './samples/zoom.ts';

const sets: readonly SampleSet[] = [
  calendlySamples,
  checkrSamples,
  docusignSamples,
  githubSamples,
  hellosignSamples,
  hubspotSamples,
  mailgunSamples,
  microsoftSamples,
  onfidoSamples,
  postmarkSamples,
  sendgridSamples,
  shopifySamples,
  slackSamples,
  stripeSamples,
  sumsubSamples,
  twilioSamples,
  woocommerceSamples,
  zoomSamples,
];

/** For a provider without samples of its own: signed as it should be, with something simple in it. */
const anyEvent = {
  ping: ({ now, id }: SampleInput): Sample => ({
    body: { id, type: 'ping', createdAt: new Date(now).toISOString() },
  }),
};

/** The events that can be sent for a provider, by name, the usual one first. */
export function samplesOf(slug: string): Readonly<Record<string, (input: SampleInput) => Sample>> {
  return sets.find((set) => set.slugs.includes(slug))?.events ?? anyEvent;
}

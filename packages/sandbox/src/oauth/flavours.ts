import { bamboohr } from './flavours/bamboohr.ts';
import { calendly } from './flavours/calendly.ts';
import { discord } from './flavours/discord.ts';
import { docusign } from './flavours/docusign.ts';
import { github } from './flavours/github.ts';
import { google } from './flavours/google.ts';
import { hubspot } from './flavours/hubspot.ts';
import { linkedin } from './flavours/linkedin.ts';
import { mailchimp } from './flavours/mailchimp.ts';
import { microsoft } from './flavours/microsoft.ts';
import { auth0, lever } from './flavours/needs-audience.ts';
import { okta } from './flavours/okta.ts';
import { salesforce } from './flavours/salesforce.ts';
import { shopify } from './flavours/shopify.ts';
import { slack } from './flavours/slack.ts';
import { stripeConnect } from './flavours/stripe-connect.ts';
import { zendesk } from './flavours/zendesk.ts';
import { zoom } from './flavours/zoom.ts';
import type { Flavour } from './side.ts';

const bySlug = new Map<string, Flavour>([
  ['auth0', auth0],
  ['bamboohr', bamboohr],
  ['calendly', calendly],
  ['discord', discord],
  ['docusign', docusign],
  ['github', github],
  ['gmail', google],
  ['google-analytics', google],
  ['google-calendar', google],
  ['google-meet', google],
  ['hubspot', hubspot],
  ['lever', lever],
  ['linkedin', linkedin],
  ['linkedin-recruiter', linkedin],
  ['mailchimp', mailchimp],
  ['microsoft-365', microsoft],
  ['microsoft-teams', microsoft],
  ['okta', okta],
  ['salesforce', salesforce],
  ['shopify', shopify],
  ['slack', slack],
  ['stripe-connect', stripeConnect],
  ['zendesk', zendesk],
  ['zoom', zoom],
]);

/** Where a provider differs from the standards; nowhere, when it is not known. */
export function flavourOf(slug: string): Flavour {
  return bySlug.get(slug) ?? {};
}

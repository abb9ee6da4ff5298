import type { OperationSet } from '../operations.ts';
import { amazonSesOperations } from './amazon-ses.ts';
import { avalaraOperations } from './avalara.ts';
import { awsS3Operations } from './aws-s3.ts';
import { bamboohrOperations } from './bamboohr.ts';
import { checkrOperations } from './checkr.ts';
import { discordOperations } from './discord.ts';
import { docusignOperations } from './docusign.ts';
import { gmailOperations } from './gmail.ts';
import { googleCalendarOperations } from './google-calendar.ts';
import { googleMeetOperations } from './google-meet.ts';
import { greenhouseOperations } from './greenhouse.ts';
import { gustoOperations } from './gusto.ts';
import { hellosignOperations } from './hellosign.ts';
import { hubspotOperations } from './hubspot.ts';
import { indeedOperations } from './indeed.ts';
import { leverOperations } from './lever.ts';
import { linkedinRecruiterOperations } from './linkedin-recruiter.ts';
import { mailgunOperations } from './mailgun.ts';
import { microsoft365Operations } from './microsoft-365.ts';
import { microsoftTeamsOperations } from './microsoft-teams.ts';
import { onfidoOperations } from './onfido.ts';
import { postmarkOperations } from './postmark.ts';
import { salesforceOperations } from './salesforce.ts';
import { sendgridOperations } from './sendgrid.ts';
import { slackOperations } from './slack.ts';
import { sterlingOperations } from './sterling.ts';
import { stripeOperations } from './stripe.ts';
import { sumsubOperations } from './sumsub.ts';
import { twilioOperations } from './twilio.ts';
import { twilioVerifyOperations } from './twilio-verify.ts';
import { vonageOperations } from './vonage.ts';
import { zapierOperations } from './zapier.ts';
import { zoomOperations } from './zoom.ts';

const sets: readonly OperationSet[] = [
  amazonSesOperations,
  avalaraOperations,
  awsS3Operations,
  bamboohrOperations,
  checkrOperations,
  discordOperations,
  docusignOperations,
  gmailOperations,
  googleCalendarOperations,
  googleMeetOperations,
  greenhouseOperations,
  gustoOperations,
  hellosignOperations,
  hubspotOperations,
  indeedOperations,
  leverOperations,
  linkedinRecruiterOperations,
  mailgunOperations,
  microsoft365Operations,
  microsoftTeamsOperations,
  onfidoOperations,
  postmarkOperations,
  salesforceOperations,
  sendgridOperations,
  slackOperations,
  sterlingOperations,
  stripeOperations,
  sumsubOperations,
  twilioOperations,
  twilioVerifyOperations,
  vonageOperations,
  zapierOperations,
  zoomOperations,
];

/** What the provider does beyond its health check. */
export function operationsOf(slug: string): OperationSet[] {
  return sets.filter((set) => set.slugs.includes(slug));
}

import { BookOpen, KeyRound } from 'lucide-react';
import { AppLink } from '../../components/AppLink.tsx';
import { CopyButton } from '../../components/CopyButton.tsx';
import { WebhookGuide } from './WebhookGuide.tsx';
import classes from './ApiAccess.module.css';

/** Where the API is, and the ways to its key and to the documentation of API and webhooks (S17 17.6, UC §6). */
export function ApiAccess() {
  const endpoint = `${window.location.origin}/api/v1`;
  return (
    <section className={classes.line} aria-label="API access">
      <span className={classes.endpoint}>
        <span className={classes.label}>API endpoint</span>
        <span className={`mono ${classes.url}`}>{endpoint}</span>
        <CopyButton label="Copy API endpoint" value={endpoint} />
      </span>
      <AppLink className={classes.link} href="/api-key">
        <KeyRound size={14} aria-hidden /> API key
      </AppLink>
      <a className={classes.link} href="/docs">
        <BookOpen size={14} aria-hidden /> API documentation
      </a>
      <WebhookGuide />
    </section>
  );
}

import type { Webhook } from '@trunkline/contract/webhooks';
import { countOf, formatNumber, formatSeconds } from '../../lib/format.ts';

/** The server counts waiting deliveries up to this many. */
const countedUpTo = 10_000;

/** Whether events that come now are held for it: it is paused, or its endpoint does not answer. */
export function isHolding({ status, circuit }: Pick<Webhook, 'status' | 'circuit'>): boolean {
  return status === 'paused' || (status !== 'disabled' && circuit !== null);
}

/** `1 delivery is`, `132 deliveries are`, `10,000 deliveries or more are`. */
function deliveriesAre(count: number): string {
  const more = count >= countedUpTo ? ' or more' : '';
  return `${countOf(count, 'delivery', 'deliveries')}${more} ${count === 1 ? 'is' : 'are'}`;
}

/** What waits for a webhook that is off; empty when nothing does. */
export function heldWords(held: number): string {
  return held === 0 ? '' : `${deliveriesAre(held)} held.`;
}

/** A webhook that is on, but paused until what was held while it was off stands in its order. */
export function sortsHeld(webhook: Pick<Webhook, 'status' | 'catchUp'>): boolean {
  return webhook.status === 'paused' && webhook.catchUp !== null && webhook.catchUp.resumes;
}

/** The banner of a paused webhook. */
export function pausedWords(held: number): string {
  if (held === 0) return 'New events are held from now on; they go out when you resume.';
  return `${deliveriesAre(held)} held; ${held === 1 ? 'it goes' : 'they go'} out when you resume.`;
}

/** What an open circuit means for the deliveries, without the time of the next try. */
export function circuitWords(held: number): string {
  if (held === 0) return 'New deliveries are held and none is lost';
  return `${deliveriesAre(held)} held and none is lost`;
}

/** When an open circuit is tried next; `now` in ms. */
export function nextTryWords(nextProbeAt: string, now: number): string {
  const seconds = Math.ceil((Date.parse(nextProbeAt) - now) / 1000);
  return seconds > 0 ? `next try in ${formatSeconds(seconds)}` : 'trying now';
}

/** How many held deliveries still have to go out of a webhook that flows again; null when it is not catching up. */
export function catchingUp(webhook: Pick<Webhook, 'status' | 'circuit' | 'held'>): number | null {
  const flows = webhook.status !== 'disabled' && !isHolding(webhook);
  return flows && webhook.held > 0 ? webhook.held : null;
}

/** `Catching up: 120 to go`. */
export function catchingUpWords(count: number): string {
  return `Catching up: ${formatNumber(count)}${count >= countedUpTo ? ' or more' : ''} to go`;
}

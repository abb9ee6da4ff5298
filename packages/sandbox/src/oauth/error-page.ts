import type { SandboxReply } from '../exchange.ts';
import { html, page } from './page.ts';
import type { Refusal } from './refusal.ts';
import type { ProviderSide } from './side.ts';

/** Tells the person what is wrong with the request of an app, when there is no safe address to send it to. */
export function errorPage({ definition }: ProviderSide, refusal: Refusal): SandboxReply {
  const { name } = definition;
  const content = html`<p class="sandbox">
      <strong>Sandbox.</strong> This is not ${name}: it plays ${name} for tests, and nothing leaves it.
    </p>
    <div class="content">
      <h1>${name} cannot go on with this</h1>
      <p class="soft">The request of the app is not in order, so you are not sent back to it.</p>
      <div class="reason"><b>${refusal.message}</b><code>${refusal.error} · ${refusal.reason}</code></div>
    </div>`;
  return page(refusal.status, `${name} (sandbox): the request is not in order`, content);
}

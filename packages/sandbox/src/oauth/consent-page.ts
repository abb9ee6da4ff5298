import type { SandboxReply } from '../exchange.ts';
import { fill } from '../template.ts';
import type { SampleAccount } from './accounts.ts';
import { html, nothing, page } from './page.ts';
import type { Markup } from './page.ts';
import type { PendingAuthorization, ProviderSide } from './side.ts';

/** Asks a person for what an app wants. The form comes back to the authorization endpoint with `transaction`. */
export function consentPage(
  side: ProviderSide,
  pending: PendingAuthorization,
  transaction: string,
  chosen: SampleAccount,
): SandboxReply {
  const { name, authorizationUrl } = side.definition;
  const { app } = pending.client;
  const action = side.publicUrl(fill(authorizationUrl!, pending.place));
  const target = new URL(pending.redirectUri);
  const content = html`<p class="sandbox">
      <strong>Sandbox.</strong> This is not ${name}: it plays ${name} for tests, and nothing leaves it.
    </p>
    <form class="content" method="post" action="${action}">
      <input type="hidden" name="transaction" value="${transaction}" />
      <div class="parties" aria-hidden="true">
        <span class="mark">${name.slice(0, 1)}</span><span class="link"></span
        ><span class="mark app">${app.slice(0, 1)}</span>
      </div>
      <h1>${app} wants to use your ${name} account</h1>
      <p class="soft">Choose the account, and see what ${app} may do with it.</p>
      <fieldset>
        <legend>Account</legend>
        <div class="rows">${side.accounts.map((account) => accountRow(account, account === chosen))}</div>
      </fieldset>
      ${scopeList(side, pending)}
      <div class="actions">
        <button name="decision" value="deny">Deny</button>
        <button class="allow" name="decision" value="allow">Allow</button>
      </div>
      <p class="foot">Afterwards you return to ${target.host === '' ? target.protocol : target.host}.</p>
    </form>`;
  return page(200, `${name} (sandbox): ${app} asks for access`, content, originsOf(target));
}

function accountRow({ id, name, email, organization }: SampleAccount, checked: boolean): Markup {
  return html`<label class="row"
    ><input type="radio" name="account" value="${id}" required${checked ? html` checked` : nothing} /><span
      ><b>${name}</b><small>${email} · ${organization}</small></span
    ></label
  > `;
}

function scopeList({ definition, flavour }: ProviderSide, { scopes, client }: PendingAuthorization): Markup {
  if (scopes.length === 0) {
    return html`<fieldset>
      <legend>${client.app} may</legend>
      <p class="soft">Do what you can do yourself: ${definition.name} knows no single permissions.</p>
    </fieldset>`;
  }
  const meaning = new Map(definition.scopes.map(({ scope, means }) => [scope, means]));
  const always = flavour.partialConsent?.always;
  const rows = scopes.map((scope) => {
    const words = html`<span><b>${meaning.get(scope) ?? scope}</b><code>${scope}</code></span>`;
    return always && !always.includes(scope)
      ? html`<label class="row"
          ><input type="checkbox" name="scope" value="${scope}" checked />${words}</label
        > `
      : html`<div class="row"><span class="tick" aria-hidden="true">✓</span>${words}</div> `;
  });
  const legend = always ? `${client.app} may, where ticked` : `${client.app} may`;
  return html`<fieldset>
    <legend>${legend}</legend>
    <div class="rows">${rows}</div>
  </fieldset>`;
}

/** Chromium holds the address that follows a form to the page's policy, too. */
function originsOf(target: URL): string[] {
  return [target.origin === 'null' ? target.protocol : target.origin];
}

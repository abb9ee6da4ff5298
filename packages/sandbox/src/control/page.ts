import { createHash } from 'node:crypto';
import type { SandboxReply } from '../exchange.ts';
import { controlScript } from './page-script.ts';
import { controlStyle } from './page-style.ts';

const sourceOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

const document = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sandbox · Trunkline</title>
<link rel="icon" href="data:,">
<style>${controlStyle}</style>
</head>
<body>
<header><h1>Trunkline sandbox</h1><p class="soft" id="summary" role="status"></p></header>
<div class="layout">
<nav class="picker" aria-label="Choice of provider"><label class="field">Provider<select id="picker"></select></label></nav>
<nav class="card" aria-label="Providers">
  <div class="search"><input id="search" type="search" placeholder="Search" aria-label="Search providers"></div>
  <ul id="list"></ul>
</nav>
<main>
  <div><h2 id="name"></h2><p class="soft" id="address"></p></div>
  <section class="card" id="condition-card" aria-labelledby="condition-title">
    <div class="head"><h3 id="condition-title">Condition</h3></div>
    <div class="body"><fieldset class="conditions" id="conditions"></fieldset><p class="soft" id="means" role="status"></p>
    <div class="commands" id="oauth"><button type="button" class="small" data-action="expireTokens">Expire access tokens</button><button type="button" class="small" data-action="revokeAll">Revoke all access</button><button type="button" class="small" data-action="loseNextAnswer">Lose the next token answer</button><span class="soft" id="commanded" role="status"></span></div></div>
  </section>
  <div class="card">
    <div class="head"><h3 id="calls-title">Calls</h3><span class="soft">Latest first, times in UTC</span></div>
    <p class="empty" id="no-calls">Nobody has called yet.</p>
    <div class="scroll" tabindex="0" role="region" aria-labelledby="calls-title"><table>
      <thead class="hidden"><tr><th class="tight extra">Time</th><th>Call</th><th class="tight">Status</th><th class="tight">Duration</th></tr></thead>
      <tbody id="calls"></tbody></table></div>
  </div>
  <div class="columns">
    <section class="card" aria-labelledby="credentials-title">
      <div class="head"><h3 id="credentials-title">Credentials that work</h3></div>
      <table><thead class="hidden"><tr><th>Field</th><th>Value</th></tr></thead><tbody id="credentials"></tbody></table>
    </section>
    <div class="card">
      <div class="head"><h3 id="sent-title">Sent and made here</h3></div>
      <p class="empty" id="no-sent">Nothing yet.</p>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="sent-title"><table>
        <thead class="hidden"><tr><th class="tight extra">Time</th><th>What</th></tr></thead>
        <tbody id="sent"></tbody></table></div>
    </div>
  </div>
  <section class="card" id="webhooks" aria-labelledby="webhook-title" hidden>
    <div class="head"><h3 id="webhook-title">Send a webhook</h3><span class="soft">Signed as the provider does</span></div>
    <div class="body"><form id="webhook">
      <label class="field">Event<select id="event"></select></label>
      <label class="field">To an address of this machine<input id="url" type="url" required placeholder="http://127.0.0.1:3000/webhooks/…"></label>
      <label class="field">Secret; empty takes the one of the credentials<input id="secret" type="text" autocomplete="off"></label>
      <button class="main" type="submit">Send webhook</button>
      <p id="result" role="status" class="soft"></p>
    </form></div>
  </section>
  <section class="card" id="files" aria-labelledby="files-title" hidden>
    <div class="head"><h3 id="files-title">Put a file there</h3><span class="soft">As the partner would</span></div>
    <div class="body"><form id="place">
      <label class="field">Path<input id="path" type="text" required placeholder="/inbox/answer.txt" autocomplete="off"></label>
      <label class="field">Content<textarea id="content" rows="5" spellcheck="false"></textarea></label>
      <button class="main" type="submit">Put file</button>
      <p id="placed" role="status" class="soft"></p>
    </form></div>
  </section>
</main>
</div>
<script>${controlScript}</script>
</body>
</html>
`;

/** The page: everything that it needs is in it. */
export function controlPage(): SandboxReply {
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': [
        "default-src 'none'",
        `style-src ${sourceOf(controlStyle)}`,
        `script-src ${sourceOf(controlScript)}`,
        "connect-src 'self'",
        'img-src data:',
        "form-action 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join('; '),
    },
    body: document,
  };
}

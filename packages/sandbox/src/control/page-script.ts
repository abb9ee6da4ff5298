/**
 * What the control page does in the browser. It asks again every second and a half while it is seen, and writes values
 * as text only.
 */
export const controlScript = `
'use strict';
const byId = (id) => document.getElementById(id);
const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
};
const words = { rateLimited: 'rate-limited' };
const wordOf = (condition) => words[condition] || condition.replace(/[A-Z]/g, (letter) => ' ' + letter.toLowerCase());
const dotOf = (condition) => condition === 'healthy' ? 'dot' : condition === 'slow' || condition === 'flaky' ? 'dot odd' : 'dot bad';
const ask = async (path, options) => {
  const response = await fetch('/control/providers' + path, options);
  if (!response.ok) throw new Error(await response.text());
  return response.json();
};
const tell = (method, content) => ({ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(content) });

let providers = [];
let meanings = [];
const servers = ['mail-server', 'file-server'];
let shown = location.hash.slice(1);
let seen = '';
let listed = '';

function list() {
  const search = byId('search').value.trim().toLowerCase();
  const state = JSON.stringify([search, shown, providers]);
  if (state === listed) return;
  listed = state;
  const focused = document.activeElement?.dataset.slug;
  byId('list').replaceChildren(...providers
    .filter(({ name, slug }) => (name + ' ' + slug).toLowerCase().includes(search))
    .map(({ slug, name, condition, calls }) => make('li', {},
      make('button', { type: 'button', 'data-slug': slug, 'aria-current': String(slug === shown), onclick: () => choose(slug) },
        make('span', { class: dotOf(condition), title: wordOf(condition) }),
        make('span', {}, name),
        make('span', { class: 'hidden' }, wordOf(condition)),
        make('span', { class: 'count' }, calls ? String(calls) : '')))));
  if (focused) document.querySelector('[data-slug="' + focused + '"]')?.focus();
  const picker = byId('picker');
  if (picker.options.length !== providers.length)
    picker.replaceChildren(...providers.map(({ slug, name }) => make('option', { value: slug }, name)));
  picker.value = shown;
  const odd = providers.filter(({ condition }) => condition !== 'healthy').length;
  byId('summary').textContent = (providers.length - servers.filter((slug) => providers.some((each) => each.slug === slug)).length) + ' providers, ' + (odd === 0 ? 'all healthy' : odd + ' not healthy');
}

async function choose(slug) {
  shown = slug;
  seen = '';
  history.replaceState(null, '', '#' + slug);
  byId('result').textContent = '';
  byId('placed').textContent = '';
  list();
  document.querySelector('[aria-current=true]')?.scrollIntoView({ block: 'nearest' });
  await details();
  await traffic();
}

function radios(condition) {
  byId('conditions').replaceChildren(
    make('legend', { class: 'hidden' }, 'Condition'),
    ...meanings.map((each) => make('label', {},
      make('input', {
        type: 'radio', name: 'condition', value: each.condition, checked: each.condition === condition,
        onchange: () => change(each.condition),
      }),
      wordOf(each.condition))));
  means(condition);
}

function means(condition) {
  byId('means').textContent = meanings.find((each) => each.condition === condition)?.means || '';
}

async function change(condition) {
  means(condition);
  await ask('/' + shown, tell('PUT', { condition }));
  await refresh();
}

async function details() {
  const provider = await ask('/' + shown);
  byId('name').textContent = provider.name;
  meanings = provider.conditions;
  byId('address').textContent = provider.baseUrl || 'Not over HTTP: played by the mail server or the file server, first in the list';
  byId('condition-card').hidden = !provider.overHttp && !servers.includes(shown);
  byId('files').hidden = !provider.takesFiles;
  byId('oauth').hidden = !provider.byOAuth;
  byId('commanded').textContent = '';
  radios(provider.condition);
  byId('credentials').replaceChildren(...provider.credentials.map(({ label, key, value, secret }) => make('tr', {},
    make('td', {}, label, make('div', { class: 'soft' }, key + (secret ? ' · secret' : ''))),
    make('td', {}, make('div', { class: 'value' }, make('code', {}, value),
      make('button', { type: 'button', class: 'small', onclick: copy(value), 'aria-label': 'Copy ' + label }, 'Copy'))))));
  byId('webhooks').hidden = provider.webhookEvents.length === 0;
  byId('event').replaceChildren(...provider.webhookEvents.map((event) => make('option', {}, event)));
}

const copy = (value) => async ({ currentTarget }) => {
  await navigator.clipboard.writeText(value);
  currentTarget.textContent = 'Copied';
  setTimeout(() => { currentTarget.textContent = 'Copy'; }, 1500);
};

const toneOf = (call) => call.good === undefined ? kindOf(call.status) : call.good ? 'good' : 'bad-text';
const kindOf = (status) => status === null || status >= 500 ? 'bad-text' : status >= 400 ? 'odd-text' : 'good';
const outcomes = { dropped: 'no answer', hangs: 'hangs' };

async function traffic() {
  const [{ data: calls }, { data: sent }] = await Promise.all([ask('/' + shown + '/traffic'), ask('/' + shown + '/sent')]);
  const state = JSON.stringify([calls[0]?.number, sent.length, sent[0]]);
  if (state === seen) return;
  seen = state;
  byId('no-calls').hidden = calls.length > 0;
  byId('calls').replaceChildren(...calls.map((call) => make('tr', {},
    make('td', { class: 'tight extra number' }, call.at.slice(11, 19)),
    make('td', {}, make('code', {}, call.method + ' ' + call.url), call.credentials ? make('div', { class: 'soft' }, call.credentials) : null),
    make('td', { class: 'tight number' }, make('span', { class: toneOf(call) }, call.status === null ? outcomes[call.outcome] || call.outcome : String(call.status))),
    make('td', { class: 'tight number' }, call.durationMs === null ? '' : call.durationMs + ' ms'))));
  byId('no-sent').hidden = sent.length > 0;
  byId('sent').replaceChildren(...sent.map((item) => make('tr', {},
    make('td', { class: 'tight extra number' }, item.at.slice(11, 19)),
    make('td', {}, make('details', {}, make('summary', {}, item.kind + ' ' + item.id), make('pre', {}, JSON.stringify(item.data, null, 2)))))));
}

async function refresh() {
  const answer = await ask('');
  providers = answer.data;
  if (!providers.some(({ slug }) => slug === shown)) shown = (providers.find(({ slug }) => slug === 'slack') || providers[0]).slug;
  list();
  const now = providers.find(({ slug }) => slug === shown).condition;
  const checked = document.querySelector('input[name=condition]:checked');
  if (checked && checked.value !== now) radios(now);
}

byId('oauth').addEventListener('click', async ({ target }) => {
  const { action } = target.dataset;
  if (!action) return;
  await ask('/' + shown + '/oauth', tell('POST', { action }));
  byId('commanded').textContent = target.textContent + ': done';
});
byId('place').addEventListener('submit', async (event) => {
  event.preventDefault();
  const placed = byId('placed');
  try {
    const { path } = await ask('/' + shown + '/files', tell('POST', { path: byId('path').value, content: byId('content').value }));
    placed.textContent = path + ' is there.';
    await traffic();
  } catch (error) {
    placed.textContent = error.message;
  }
});
byId('search').addEventListener('input', list);
byId('picker').addEventListener('change', ({ target }) => choose(target.value));
byId('webhook').addEventListener('submit', async (event) => {
  event.preventDefault();
  const secretOrKey = byId('secret').value || undefined;
  const result = byId('result');
  result.textContent = 'Sending …';
  try {
    const sent = await ask('/' + shown + '/webhook', tell('POST', { url: byId('url').value, event: byId('event').value, secretOrKey }));
    result.textContent = 'Answered ' + sent.status + (sent.responseBody ? ': ' + sent.responseBody.slice(0, 200) : '');
  } catch (error) {
    result.textContent = error.message;
  }
});

(async () => {
  await refresh();
  await choose(shown);
  setInterval(() => {
    if (document.visibilityState === 'visible') Promise.all([refresh(), traffic()]).catch(() => {});
  }, 1500);
})();
`;

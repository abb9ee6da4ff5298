import { addressIn, isEmail, isText, readForm } from '../body.ts';
import { hexId } from '../ids.ts';
import { json } from '../operations.ts';
import type { Call, OperationSet } from '../operations.ts';

async function send({ request, params, account, store, now }: Call) {
  const domain = account.values['domain']!;
  if (params['domain'] !== domain) return json(404, { message: `Domain not found: ${params['domain']}` });
  const form = await readForm(request);
  const refuse = (message: string) => json(400, { message });
  const from = form.get('from');
  const to = form.getAll('to').flatMap((list) => list.split(','));
  if (!isText(from)) return refuse('from parameter is missing');
  if (!isEmail(addressIn(from)))
    return refuse('from parameter is not a valid address. please check documentation');
  if (to.filter(isText).length === 0) return refuse('to parameter is missing');
  if (!to.every((each) => isEmail(addressIn(each))))
    return refuse('to parameter is not a valid address. please check documentation');
  if (!['text', 'html', 'amp-html', 'template'].some((name) => isText(form.get(name))))
    return refuse("Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified");
  const id = `${new Date(now).toISOString().replaceAll(/\D/g, '').slice(0, 14)}.${hexId(16)}@${domain}`;
  if (form.get('o:testmode') !== 'yes')
    store.put({
      kind: 'email',
      id,
      data: {
        from,
        to: to.map((each) => each.trim()),
        subject: form.get('subject'),
        text: form.get('text'),
        html: form.get('html'),
      },
    });
  return json(200, { id: `<${id}>`, message: 'Queued. Thank you.' });
}

export const mailgunOperations: OperationSet = {
  slugs: ['mailgun'],
  routes: [{ method: 'POST', path: '/v3/{domain}/messages', handle: send }],
};

import type { Page } from '@playwright/test';
import type { IntegrationDetail } from '@trunkline/contract/integrations';
import { choose, sidewaysScroll } from './support/controls.ts';
import { expect, test } from './support/fixtures.ts';
import type { MachineApi } from './support/machine-api.ts';
import type { Sandbox } from './support/sandbox.ts';

interface Carrier extends IntegrationDetail {
  outbox: string;
  inbox: string;
}

/** A carrier by SFTP, with folders of its own on the file server of all partners. */
async function connectCarrier(api: MachineApi, sandbox: Sandbox, folder: string): Promise<Carrier> {
  const [outbox, inbox] = [`/${folder}/out`, `/${folder}/in`];
  await sandbox.putFile(`${outbox}/.keep`, '');
  await sandbox.putFile(`${inbox}/.keep`, '');
  const { sftpPrivateKey } = await sandbox.credentials('delta-dental');
  const { sftpHostKey } = await sandbox.credentials('file-server');
  const integration = await api.call<IntegrationDetail>('POST', '/integrations', {
    provider: 'delta-dental',
    values: {
      sftpHost: 'sftp.example.com',
      sftpUser: 'acme_834',
      sftpPrivateKey,
      sftpHostKey,
      isaSenderId: '123456789',
      isaReceiverId: 'CARRIER01',
      groupNumber: '0012345',
    },
    settings: { outboxFolder: outbox, inboxFolder: inbox },
  });
  return { ...integration, outbox, inbox };
}

/** What a carrier answers that has taken the file with this control number: a 999. */
function acknowledgement(controlNumber: number): string {
  const pad = (text: string) => text.padEnd(15);
  return [
    `ISA*00*          *00*          *ZZ*${pad('CARRIER01')}*ZZ*${pad('123456789')}*261201*1200*^*00501*000009001*0*T*:`,
    'GS*FA*CARRIER01*123456789*20261201*1200*1*X*005010X231A1',
    'ST*999*0001*005010X231A1',
    `AK1*BE*${controlNumber}*005010X220A1`,
    'AK2*834*0001*005010X220A1',
    'IK5*A',
    'AK9*A*1*1*1',
    'SE*6*0001',
    'GE*1*1',
    'IEA*1*000009001',
    '',
  ].join('~');
}

const files = (page: Page) => page.getByRole('table', { name: 'Files to and from the partner' });
const dialog = (page: Page) => page.getByRole('dialog');

test.describe('files of a partner', () => {
  test('CAT-4 an enrollment is written, checked, sent, answered, downloaded and erased', async ({
    page,
    api,
    sandbox,
    organization,
    watch,
  }) => {
    watch.allow(/status of 422/);
    const carrier = await connectCarrier(api, sandbox, organization.id);
    await page.goto(`/integrations/${carrier.id}?tab=files`);
    await expect(page.getByText('No files yet')).toBeVisible();
    await page.getByRole('button', { name: 'Create file' }).first().click();

    await dialog(page).getByRole('button', { name: 'Create file' }).click();
    await expect(dialog(page).getByText('Enter the name of the employer')).toBeVisible();
    await dialog(page).getByRole('textbox', { name: 'Employer', exact: true }).fill('Acme Staffing');
    await dialog(page).getByLabel('Tax number of the employer').fill('000000001');
    await dialog(page).getByRole('textbox', { name: 'Carrier', exact: true }).fill('Delta Dental');
    await dialog(page).getByLabel('Tax number of the carrier').fill('000000002');
    await dialog(page).getByRole('button', { name: 'Fill in sample rows' }).click();
    const rows = dialog(page).getByRole('textbox', { name: 'Rows' });
    const sample = await rows.inputValue();
    await rows.fill(sample.replace('"987654321"', '"98-76"'));
    await dialog(page).getByRole('button', { name: 'Create file' }).click();
    await expect(dialog(page).getByText('Row 1, ssn: Nine digits')).toBeVisible();
    await rows.fill(sample);
    await dialog(page).getByRole('button', { name: 'Create file' }).click();

    await expect(dialog(page).getByText('Nothing is wrong with it', { exact: true })).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Check again' }).click();
    await dialog(page).getByRole('button', { name: 'Send by SFTP' }).click();
    await expect(dialog(page).getByText('Sent', { exact: true }).first()).toBeVisible();
    const sent = [...(await sandbox.files())].find(([path]) => path.startsWith(`${carrier.outbox}/0012345`));
    expect(sent?.[1]).toContain('NM1*IL*1*Rowan*Rita');
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: 'Fetch from partner' }).click();
    await expect(page.getByText('Nothing new is there')).toBeVisible();
    await sandbox.putFile(`${carrier.inbox}/answer.999`, acknowledgement(1));
    await page.getByRole('button', { name: 'Fetch from partner' }).click();
    await expect(page.getByText('1 file came')).toBeVisible();
    const enrollment = files(page).getByRole('row', { name: /\.834/ });
    await expect(enrollment).toContainText('Acknowledged');
    await choose(page.getByRole('radio', { name: 'From partner' }));
    await expect(enrollment).toBeHidden();
    await files(page)
      .getByRole('button', { name: /answer\.999/ })
      .click();
    await expect(dialog(page).getByText('Accepted', { exact: true }).first()).toBeVisible();
    await page.keyboard.press('Escape');
    await choose(page.getByRole('radio', { name: 'All' }));

    await files(page).getByRole('button', { name: /\.834/ }).click();
    const download = page.waitForEvent('download');
    await dialog(page).getByRole('button', { name: 'Download' }).click();
    expect((await download).suggestedFilename()).toMatch(/^0012345_.*\.834$/);
    await dialog(page).getByRole('button', { name: 'Erase…' }).click();
    await dialog(page).getByRole('button', { name: 'Erase content' }).click();
    await expect(enrollment).toContainText('Erased');
  });

  test('CAT-4 what fails says why: the partner’s server, a wrong answer of its, a role', async ({
    page,
    api,
    sandbox,
    organization,
    pageAs,
    watch,
  }) => {
    watch.allow(/status of 422/);
    const carrier = await connectCarrier(api, sandbox, organization.id);
    await api.call('POST', `/integrations/${carrier.id}/files`, {
      content: { kind: 'sample', of: 'enrollment' },
    });
    const { page: viewer } = await pageAs('viewer');
    await viewer.goto(`/integrations/${carrier.id}?tab=files`);
    await expect(files(viewer).getByRole('row', { name: /sample_/ })).toContainText('Ready');
    await expect(viewer.getByRole('button', { name: 'Create file' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await files(viewer)
      .getByRole('button', { name: /sample_/ })
      .click();
    await expect(dialog(viewer).getByRole('button', { name: 'Download' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );

    // Somebody has changed the folder's name at the partner.
    await api.call('PATCH', `/integrations/${carrier.id}`, {
      settings: { inboxFolder: '/nowhere', outboxFolder: '/nowhere' },
    });
    await page.goto(`/integrations/${carrier.id}?tab=files`);
    await page.getByRole('button', { name: 'Fetch from partner' }).click();
    await expect(page.getByText('The partner’s folder could not be read')).toBeVisible();
    await files(page)
      .getByRole('button', { name: /sample_/ })
      .click();
    await dialog(page).getByRole('button', { name: 'Send by SFTP' }).click();
    await expect(dialog(page).getByRole('alert')).toBeVisible();
    await expect(dialog(page).getByText(/The last try to send it did not work/)).toBeVisible();
  });

  test('CAT-4 a plan’s CSV is written in columns of its own and carried by hand', async ({
    page,
    api,
    watch,
  }) => {
    watch.allow(/status of 422/);
    const plan = await api.call<IntegrationDetail>('POST', '/integrations', {
      provider: 'fidelity',
      authType: 'manual',
      values: { planNumber: '54321' },
      check: 'skip',
    });
    await page.goto(`/integrations/${plan.id}?tab=files`);
    await page.getByRole('button', { name: 'Change columns of Contributions (CSV)' }).click();
    await dialog(page).getByRole('textbox', { name: 'Heading of Pre tax' }).fill('Salary Deferral');
    await dialog(page).getByRole('button', { name: 'Move Salary Deferral up' }).click();
    await dialog(page).getByRole('combobox', { name: 'Between columns' }).click();
    await page.getByRole('option', { name: 'Semicolon' }).click();
    await dialog(page).getByRole('button', { name: 'Save columns' }).click();
    await expect(page.getByText(/Your own layout · 16 columns · semicolon/)).toBeVisible();

    await page.getByRole('button', { name: 'Create file' }).first().click();
    await dialog(page).getByRole('textbox', { name: 'Rows' }).fill('Plan Number;Last Name\n54321;Rowan');
    await dialog(page).getByRole('button', { name: 'Create file' }).click();
    await expect(dialog(page).getByText('What is wrong with the rows')).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Fill in sample rows' }).click();
    await dialog(page).getByLabel('Name of the file').fill('December.csv');
    await dialog(page).getByRole('button', { name: 'Create file' }).click();
    await expect(dialog(page).getByRole('heading', { name: 'December.csv' })).toBeVisible();
    await dialog(page).getByRole('button', { name: 'Mark as brought' }).click();
    await expect(dialog(page).getByText('It is with the partner.')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(files(page).getByRole('row', { name: /December\.csv/ })).toContainText('Sent');

    await page.getByRole('button', { name: 'Upload' }).click();
    await dialog(page).getByRole('button', { name: 'Upload' }).click();
    await expect(dialog(page).getByText('Choose a file').last()).toBeVisible();
    await dialog(page)
      .locator('input[type=file]')
      .setInputFiles({
        name: 'Bericht März.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('All is well.'),
      });
    await dialog(page).getByRole('button', { name: 'Upload' }).click();
    await expect(dialog(page).getByRole('heading', { name: 'Bericht M-rz.txt' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await sidewaysScroll(page)).toBe(0);
  });
});

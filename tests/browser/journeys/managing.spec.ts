/** Managers run their workspace themselves, and everything they do can be found again. */
import type { Page } from '@playwright/test';
import { enter, tabTo } from '../support/keyboard.ts';
import type { Person } from '../support/person.ts';
import { expect, test } from '../support/test.ts';

type Arrive = (name: string) => Promise<Person>;

/** An owner and one member, in a workspace of theirs. */
async function twoPeople(arrive: Arrive): Promise<{ aoi: Person; ren: Person; at: string }> {
  const aoi = await arrive('Aoi');
  const ren = await arrive('Ren');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  const at = new URL(aoi.page.url()).pathname.split('/').slice(0, 3).join('/');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();
  return { aoi, ren, at };
}

const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

// Check sheet: SEC-C-04, SEC-C-02.
test('an access review by the keyboard alone, from its start to the signed result', async ({
  arrive,
}) => {
  const { aoi, ren } = await twoPeople(arrive);
  const { page } = aoi;
  const decision = (name: string, act: string) =>
    page
      .getByRole('group', { name: `Decision about ${name}`, exact: true })
      .getByRole('button', { name: act, exact: true });

  await test.step('it is started', async () => {
    await enter(page, link(page, 'Access reviews'));
    await enter(page, aoi.button('Start a review'));
    await expect(aoi.field('Title')).toBeFocused();
    await page.keyboard.type('Second half of 2026');
    await page.keyboard.press('Enter');
    await expect(aoi.heading('Second half of 2026')).toBeVisible();
  });

  await test.step('each answer leads to the next open account', async () => {
    await enter(page, decision('Aoi', 'Keep'));
    await expect(decision('Ren', 'Keep')).toBeFocused();
    await enter(page, decision('Ren', 'Change role…'));
    await page.getByRole('combobox', { name: 'New role' }).press('g');
    await tabTo(page, aoi.field('Note'));
    await page.keyboard.type('Works elsewhere since March');
    await page.keyboard.press('Enter');
    await expect(aoi.button('Complete the review…')).toBeFocused();
  });

  await test.step('it is completed, carried out and signed', async () => {
    await page.keyboard.press('Enter');
    await enter(page, aoi.button('Carry out and sign'));
    await expect(aoi.heading('Signed result')).toBeVisible();
    await expect(row(page, 'Ren')).toContainText('Becomes: Guest');
    await expect(row(page, 'Ren')).toContainText('Changed');
    await expect(page.getByRole('region', { name: 'JWS' })).toContainText('eyJ');
    const saved = page.waitForEvent('download');
    await enter(page, aoi.button('Export CSV'));
    expect((await saved).suggestedFilename()).toMatch(/\.csv$/);
  });

  await test.step('whoever became a guest sees the members no more', async () => {
    await ren.page.reload();
    await expect(ren.page.getByRole('navigation', { name: ren.words.rooms })).toBeVisible();
    await expect(link(ren.page, 'Members')).toBeHidden();
  });
});

test('a policy shows its difference, keeps people from locking themselves out, and is saved once', async ({
  arrive,
}) => {
  const aoi = await arrive('Aoi');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  const { page } = aoi;
  await link(page, 'Members').click();
  await link(page, 'Security policy').click();
  const demand = page.getByRole('switch', { name: 'Demand a second step of everybody' });
  const guests = page.getByRole('switch', { name: 'Allow guests' });
  const dialog = page.getByRole('dialog', { name: 'What changes' });
  await expect(aoi.button('See what changes')).toBeDisabled();

  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.getByRole('switch', { name: 'Allow guests' }).click();

  await test.step('a network that is not one’s own cannot be saved', async () => {
    await demand.click();
    await aoi.field('Allowed networks').fill('192.0.2.0/24');
    await aoi.button('See what changes').click();
    await expect(dialog.getByText('You would lock yourself out')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
    await page.keyboard.press('Escape');
    await aoi.field('Allowed networks').fill('');
  });

  await test.step('before and after stand side by side, then it is saved', async () => {
    await aoi.button('See what changes').click();
    const change = dialog.getByRole('row').filter({ hasText: 'Second step demanded of' });
    await expect(change).toContainText('managers and the owner');
    await expect(change).toContainText('everybody');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('The policy was saved.')).toBeVisible();
    await page.reload();
    await expect(demand).toBeChecked();
  });

  await test.step('whoever began before that is told, and reads again', async () => {
    await other.getByRole('button', { name: 'See what changes' }).click();
    await other.getByRole('button', { name: 'Save', exact: true }).click();
    await other.getByRole('button', { name: 'Read the policy again' }).click();
    await expect(
      other.getByRole('switch', { name: 'Demand a second step of everybody' }),
    ).toBeChecked();
    await expect(guests).toBeChecked();
  });
});

// Check sheet: SEC-C-04.
test('the audit log finds what was just done, and the address keeps the view', async ({
  arrive,
}) => {
  const { aoi, at } = await twoPeople(arrive);
  const { page } = aoi;
  await aoi.createRoom('Quay');
  await page.goto(`${aoi.app}${at}/audit`);
  const entry = page.getByRole('rowheader').getByRole('link', { name: 'Created a room' });
  await expect(async () => {
    await aoi.button('Show the newest').click();
    await expect(entry).toHaveCount(1, { timeout: 1500 });
  }).toPass();

  await page.getByLabel('What', { exact: true }).selectOption('room.created');
  await expect(page).toHaveURL(/action=room\.created/);
  await entry.click();
  const drawer = page.getByRole('dialog', { name: 'Created a room' });
  await expect(drawer).toContainText('Quay');
  await page.reload();
  await expect(drawer).toContainText('Quay');
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(page).toHaveURL(/action=room\.created$/);

  await page.getByRole('button', { name: /^Take the filter off: What/ }).click();
  await expect(page).not.toHaveURL(/action/);
  const saved = page.waitForEvent('download');
  await aoi.button('Export JSON Lines').click();
  expect((await saved).suggestedFilename()).toMatch(/\.jsonl$/);
});

// Check sheet: SEC-C-02.
test('a member is deactivated in their drawer, and the focus goes back to their row', async ({
  arrive,
}) => {
  const { aoi, ren, at } = await twoPeople(arrive);
  const { page } = aoi;
  await page.goto(`${aoi.app}${at}/members?role=member`);
  await enter(page, link(page, 'Ren'));
  const drawer = page.getByRole('dialog', { name: 'Ren' });
  await expect(drawer).toBeVisible();
  await expect(page).toHaveURL(/role=member&member=us_/);
  await drawer.getByRole('button', { name: 'Deactivate', exact: true }).click();
  await page
    .getByRole('dialog', { name: 'Deactivate Ren?' })
    .getByRole('button', { name: 'Deactivate', exact: true })
    .click();
  await expect(drawer.getByText('Ren was deactivated.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(link(page, 'Ren')).toBeFocused();
  await expect(row(page, 'Ren')).toContainText('Deactivated');
  await ren.page.reload();
  await expect(ren.page.getByRole('link', { name: /Harbour/ })).toHaveCount(0);
});

test('what the guards of the account found is read by managers, in either language', async ({
  arrive,
  request,
}) => {
  const aoi = await arrive('Aoi');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  const { page } = aoi;
  await link(page, 'Members').click();
  await link(page, 'Security findings').click();
  const found = row(page, 'CVE-2026-12345');
  await expect(found).toHaveCount(0);

  const tell = async (status: string, time: string) => {
    const told = await request.post(`${aoi.app}/_local/findings`, {
      data: {
        version: '0',
        'detail-type': 'Inspector2 Finding',
        source: 'aws.inspector2',
        account: '111122223333',
        time,
        region: 'ap-northeast-1',
        detail: {
          findingArn: 'arn:aws:inspector2:ap-northeast-1:111122223333:finding/f',
          severity: 'HIGH',
          status,
          packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2026-12345' },
        },
      },
    });
    expect(told.status()).toBe(204);
    await aoi.button('Look again').click();
  };
  await tell('ACTIVE', '2026-11-23T09:00:00Z');
  for (const words of ['Known vulnerability', 'High', 'Open', 'Tokyo']) {
    await expect(found).toContainText(words);
  }
  await tell('CLOSED', '2026-11-24T09:00:00Z');
  await expect(found).toContainText('Closed');

  const shown = (await page.locator('main').innerText()).toLowerCase();
  for (const secret of ['111122223333', 'arn:']) expect(shown).not.toContain(secret);
  await page.getByRole('combobox', { name: 'Language' }).selectOption('ja');
  await expect(aoi.heading('セキュリティの検出')).toBeVisible();
  await expect(found).toContainText('解決済み');
});

test('whoever manages nothing is told so at a typed address', async ({ arrive }) => {
  const { ren, at } = await twoPeople(arrive);
  for (const way of ['policy', 'audit', 'access-reviews', 'findings', 'settings']) {
    await ren.page.goto(`${ren.app}${at}/${way}`);
    await expect(ren.page.getByText('This page is for managers')).toBeVisible();
  }
  await ren.page.goto(`${ren.app}${at}/members`);
  await expect(row(ren.page, 'Aoi')).toBeVisible();
  await expect(link(ren.page, 'Security policy')).toHaveCount(0);
});

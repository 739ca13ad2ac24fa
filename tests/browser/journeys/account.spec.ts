/** People look after their own account: passwords, devices, and leaving for good. */
import { readFile } from 'node:fs/promises';
import { mailedJoin, mailedReset, tokenMailedBy } from '../support/mail.ts';
import type { Person } from '../support/person.ts';
import { expect, test } from '../support/test.ts';

const THROWN_OUT_MS = 5000;
const NEW_PASSWORD = 'another-long-passphrase-for-tests';

/** Two people in one workspace, and a second tab of the one who is a member. */
async function pair(arrive: (name: string) => Promise<Person>) {
  const aoi = await arrive('Aoi');
  const ren = await arrive('Ren');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await aoi.createRoom('Lobby');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();
  return { aoi, ren };
}

test('a forgotten password is set anew by mail, and every device has to sign in again', async ({
  arrive,
}) => {
  const { ren } = await pair(arrive);
  const tab = await ren.browser.newContext({ locale: 'en-US' });
  const page = await tab.newPage();
  await page.goto(`${ren.app}/sign-in`);
  await page.getByRole('link', { name: ren.words.forgotten }).click();
  await page.getByLabel(ren.words.email, { exact: true }).fill(ren.email);
  await page.getByRole('button', { name: ren.words.sendLink }).click();
  await page.goto(await mailedReset(ren.app, ren.email));
  await expect(page).toHaveURL(`${ren.app}/reset`);
  await page.getByLabel(ren.words.newPassword, { exact: true }).fill(NEW_PASSWORD);
  await page.getByRole('button', { name: ren.words.setPassword }).click();
  await expect(page.getByRole('link', { name: ren.words.toSignIn })).toBeVisible();
  await expect(ren.button(ren.words.signIn)).toBeVisible({ timeout: THROWN_OUT_MS });

  await ren.signIn();
  await expect(ren.page.getByRole('alert')).toBeVisible();
  await ren.signIn(NEW_PASSWORD);
  await expect(ren.button(ren.words.account)).toBeVisible();
});

test('a tab whose session was renewed by another tab goes on as if nothing had been', async ({
  arrive,
}) => {
  const aoi = await arrive('Aoi');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');

  const tab = await aoi.page.context().newPage();
  await tab.goto(`${aoi.app}/account/security`);
  await tab.getByLabel(aoi.words.passwordNow, { exact: true }).fill(aoi.password);
  await tab.getByLabel(aoi.words.newPassword, { exact: true }).fill(NEW_PASSWORD);
  await tab.getByRole('button', { name: aoi.words.changePassword }).click();
  await expect(tab.getByLabel(aoi.words.passwordNow, { exact: true })).toHaveValue('');

  await aoi.createRoom('Lobby');
});

test('another device is signed out from here, and leaves the call', async ({ arrive }) => {
  const { aoi, ren } = await pair(arrive);
  await ren.join('Lobby');
  await expect(aoi.occupants('Lobby')).toHaveCount(1);

  const desk = await ren.browser.newContext({ locale: 'en-US' });
  const page = await desk.newPage();
  await page.goto(`${ren.app}/sign-in`);
  await page.getByLabel(ren.words.email, { exact: true }).fill(ren.email);
  await page.getByLabel(ren.words.password, { exact: true }).fill(ren.password);
  await page.getByRole('button', { name: ren.words.signIn, exact: true }).click();
  await expect(page.getByRole('button', { name: ren.words.account })).toBeVisible();
  await page.goto(`${ren.app}/account/devices`);
  const devices = page.getByRole('list', { name: ren.words.devices }).getByRole('listitem');
  await expect(devices).toHaveCount(2);

  await page.getByRole('button', { name: ren.words.signOutOthers }).click();
  await expect(devices).toHaveCount(1);
  await expect(ren.button(ren.words.signIn)).toBeVisible({ timeout: THROWN_OUT_MS });
  await expect(aoi.occupants('Lobby')).toHaveCount(0);
});

test('name, language and address are changed, and the new address signs in', async ({
  arrive,
}) => {
  const mio = await arrive('Mio');
  await mio.signUp();
  const { page, words } = mio;
  await page.goto(`${mio.app}/account`);
  await mio.field(words.name).fill('Mio 美緒');
  await mio.button(words.save).click();
  await expect(page.getByText('Saved.')).toBeVisible();

  const address = `new-${mio.email}`;
  await mio.field(words.emailNew).fill(address);
  const token = await tokenMailedBy(mio.app, address, () => mio.button(words.changeEmail).click());
  await mio.field(words.token).fill(token);
  await mio.button(words.confirmEmail).click();
  await expect(page.getByText(`Now: ${address}`)).toBeVisible();

  await page.context().clearCookies();
  await page.goto(`${mio.app}/sign-in`);
  await mio.field(words.email).fill(address);
  await mio.field(words.password).fill(mio.password);
  await mio.button(words.signIn).click();
  await expect(mio.button(words.account)).toBeVisible();
});

test('somebody invited by a list sets a password, and is in', async ({ arrive }) => {
  const aoi = await arrive('Aoi');
  const sora = await arrive('Sora');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await inviteByList(aoi, `email,display_name,role\n${sora.email},青井 空,member\n`);

  const { page, words } = sora;
  await page.goto(await mailedJoin(sora.app, sora.email));
  await expect(page).toHaveURL(`${sora.app}/join`);
  await expect(sora.field(words.name)).toHaveValue('青井 空');
  await sora.field(words.password).fill(sora.password);
  await sora.button(words.joinDo).click();
  await expect(page.getByRole('navigation', { name: words.rooms })).toBeVisible();
});

test('everything about oneself is saved as a file', async ({ arrive }) => {
  const mio = await arrive('Mio');
  await mio.signUp();
  await mio.page.goto(`${mio.app}/account/data`);
  const saved = mio.page.waitForEvent('download');
  await mio.button(mio.words.exportJson).click();
  const file = await (await saved).path();
  expect(await readFile(file, 'utf8')).toContain(mio.email);
});

// Check sheet: WA-06-02, WA-09-02, WA-09-03.
test('an account is deleted by typing, and the other tab is thrown out', async ({ arrive }) => {
  const { aoi, ren } = await pair(arrive);
  await ren.join('Lobby');
  await expect(aoi.occupants('Lobby')).toHaveCount(1);

  const tab = await ren.page.context().newPage();
  await tab.goto(`${ren.app}/account/data`);
  await tab.getByRole('button', { name: ren.words.deleteAccount }).click();
  const go = tab.getByRole('button', { name: ren.words.deleteForGood });
  await expect(go).toBeDisabled();
  await tab.getByLabel(ren.words.typeDelete, { exact: true }).pressSequentially('ＤＥＬＥＴＥ');
  await expect(go).toBeEnabled();
  await tab.keyboard.press('Enter');
  const asked = tab.getByRole('dialog', { name: ren.words.stepUpTitle });
  const gone = tab.getByRole('heading', { name: ren.words.accountDeleted });
  await expect(asked.or(gone).first()).toBeVisible();
  if (await asked.isVisible()) {
    await asked.getByLabel(ren.words.password, { exact: true }).fill(ren.password);
    await tab.keyboard.press('Enter');
  }
  await expect(gone).toBeVisible();
  await ren.page.bringToFront();
  await expect(ren.button(ren.words.signIn)).toBeVisible({ timeout: THROWN_OUT_MS });
  await expect(aoi.occupants('Lobby')).toHaveCount(0);

  await ren.signIn();
  await expect(ren.page.getByRole('alert')).toBeVisible();
});

/** Invites people as the list of a spreadsheet does, in the name of the page's person. */
async function inviteByList(person: Person, csv: string): Promise<void> {
  const status = await person.page.evaluate(async (csv) => {
    const me = (await (await fetch('/api/me')).json()) as { csrf_token: string };
    const workspace = /w\/([^/]+)/.exec(location.pathname)?.[1];
    const answer = await fetch(`/api/workspaces/${workspace}/invitations/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-csrf-token': me.csrf_token },
      body: JSON.stringify({ csv }),
    });
    return answer.status;
  }, csv);
  expect(status).toBe(200);
}

/** What only an owner may do: give the workspace away, and end it. */
import type { Person } from '../support/person.ts';
import { expect, test } from '../support/test.ts';

const settings = async (person: Person, workspace: string) => {
  await person.page.goto(`${person.app}${workspace}/settings`);
};

/** Acts, and proves who one is where that is asked for. */
async function surely(person: Person, act: string, done: string): Promise<void> {
  await person.button(act).click();
  const asked = person.page.getByRole('dialog', { name: person.words.stepUpTitle });
  const seen = person.page.getByText(done);
  await expect(asked.or(seen).first()).toBeVisible();
  if (await asked.isVisible()) {
    await asked.getByLabel(person.words.password, { exact: true }).fill(person.password);
    await person.page.keyboard.press('Enter');
  }
  await expect(seen.first()).toBeVisible();
}

test('a workspace is given to somebody else, who ends it and keeps the proof', async ({
  arrive,
}) => {
  const aoi = await arrive('Aoi');
  const ren = await arrive('Ren');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await aoi.createRoom('Lobby');
  const harbour = new URL(aoi.page.url()).pathname.split('/').slice(0, 3).join('/');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();

  await test.step('the owner chooses who comes after, and stays as a manager', async () => {
    await settings(aoi, harbour);
    await aoi.button('Transfer ownership…').click();
    const heir = aoi.page.getByRole('dialog').getByRole('combobox');
    await expect(heir.getByRole('option', { selected: true })).toHaveText(`Ren (${ren.email})`);
    await surely(aoi, 'Transfer', 'Ren is the owner now.');
    await settings(aoi, harbour);
    await expect(aoi.heading('Workspace settings')).toBeVisible();
    await expect(aoi.button('Transfer ownership…')).toHaveCount(0);
    await expect(aoi.button('Delete the workspace…')).toHaveCount(0);
  });

  await test.step('whoever owns it now is not let in by a password alone', async () => {
    await ren.page.context().clearCookies();
    await ren.signInAndSetUp();
  });

  await test.step('it ends when DELETE is typed, and not before', async () => {
    await settings(ren, harbour);
    await ren.button('Delete the workspace…').click();
    await expect(ren.page.getByRole('dialog')).toContainText('2');
    await expect(ren.button(ren.words.deleteForGood)).toBeDisabled();
    await ren.field(ren.words.typeDelete).fill('delete it');
    await expect(ren.button(ren.words.deleteForGood)).toBeDisabled();
    await ren.field(ren.words.typeDelete).fill('DELETE');
    await surely(ren, ren.words.deleteForGood, 'Harbour is deleted');
  });

  await test.step('the proof can be kept and read, also without being signed in', async () => {
    const saved = ren.page.waitForEvent('download');
    await ren.button('Save the certificate').click();
    expect((await saved).suggestedFilename()).toBe('koeba-deletion-certificate.json');
    const page = ren.page.getByRole('dialog').getByRole('link');
    const address = await page.getAttribute('href');
    const stranger = await arrive('Mio');
    await stranger.page.goto(new URL(address ?? '', ren.app).href);
    await expect(stranger.page.getByRole('heading').first()).toBeVisible();
    await expect(stranger.page.locator('body')).not.toContainText('Harbour');
  });

  await test.step('nobody finds it any more', async () => {
    await ren.button('Close').last().click();
    await expect(ren.page.getByText('Harbour')).toHaveCount(0);
    await aoi.page.goto(`${aoi.app}${harbour}`);
    await expect(aoi.page.getByText('Lobby')).toHaveCount(0);
    await expect(aoi.page.getByText('Harbour')).toHaveCount(0);
  });
});

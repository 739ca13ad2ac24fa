/** When something goes wrong the page says what, in words, and goes on as well as it can. */
import { createServer } from 'node:net';
import { expect, test } from '../support/test.ts';

test('a wrong password is told, and the right one still opens the door', async ({ arrive }) => {
  const aoi = await arrive('Aoi');
  await aoi.signUp();
  await aoi.button(aoi.words.account).click();
  await aoi.button(aoi.words.signOut).click();

  await aoi.signIn('not-the-password-at-all');
  await expect(aoi.page.getByRole('alert')).toContainText(/password/i);
  await expect(aoi.page).toHaveURL(/sign-in/);
  await aoi.signIn();
  await expect(aoi.button(aoi.words.account)).toBeVisible();
});

test('a wrong token is told, and opens nothing', async ({ arrive }) => {
  const aoi = await arrive('Aoi');
  await aoi.page.goto(`${aoi.app}/sign-up`);
  await aoi.field(aoi.words.name).fill(aoi.name);
  await aoi.field(aoi.words.email).fill(aoi.email);
  await aoi.field(aoi.words.password).fill(aoi.password);
  await aoi.button(aoi.words.createAccount).click();
  await aoi.field(aoi.words.token).fill('00000000');
  await aoi.button(aoi.words.verify).click();
  await expect(aoi.page.getByRole('alert')).toContainText('The token is wrong');
  await expect(aoi.button(aoi.words.account)).toBeHidden();
});

test('who refuses the microphone is told how to allow it, and listens all the same', async ({
  arrive,
  arriveWithTone,
}) => {
  const aoi = await arriveWithTone('Aoi', 440);
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await aoi.createRoom('Lobby');
  await aoi.join('Lobby');

  const ren = await arrive('Ren', { microphone: { allowed: false } });
  const browser = await ren.browser.newBrowserCDPSession();
  await browser.send('Browser.setPermission', {
    permission: { name: 'microphone' },
    setting: 'denied',
    origin: ren.app,
  });
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();
  await ren.join('Lobby');

  await expect(ren.page.getByRole('alert')).toContainText(/microphone/i);
  await expect(ren.microphone).toHaveAttribute('aria-pressed', 'false');
  await ren.expectToHear(440);
});

test('a media node that does not answer is told', async ({ arrive }) => {
  const aoi = await arrive('Aoi', { context: { bypassCSP: true } });
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await aoi.createRoom('Lobby');
  const dead = `ws://127.0.0.1:${await closedPort()}`;
  await aoi.page.route('**/api/workspaces/*/rooms/*/join', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), url: dead } });
  });
  await aoi.button(aoi.words.join('Lobby')).first().click();
  await expect(aoi.page.getByRole('alert')).toBeVisible({ timeout: 60_000 });
  await expect(aoi.page.getByRole('alert')).toContainText(/voice|media|server|network/i);

  await aoi.page.unroute('**/api/workspaces/*/rooms/*/join');
  await aoi.button(aoi.words.join('Lobby')).first().click();
  await expect(aoi.button(aoi.words.leave)).toBeVisible();
});

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') {
    throw new Error('a listening server has a port');
  }
  return address.port;
}

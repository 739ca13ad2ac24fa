/** Pictures of the product as people see it, for the README and for looking at. */
import path from 'node:path';
import { expect, test } from '../support/test.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../../test-results/pictures');

test('the room looks like itself on a wide screen and on a phone', async ({ arriveWithTone }) => {
  const aoi = await arriveWithTone('Aoi Tanaka', 440, { context: { deviceScaleFactor: 2 } });
  const ren = await arriveWithTone('Ren Sato', 660, {
    language: 'ja',
    context: { deviceScaleFactor: 2, colorScheme: 'dark' },
  });
  await aoi.page.goto(`${aoi.app}/sign-in`);
  await expect(aoi.button(aoi.words.signIn)).toBeVisible();
  await aoi.page.screenshot({ path: path.join(FOLDER, 'sign-in.png') });
  await aoi.signUp();
  await aoi.createWorkspace('Harbour Studio');
  await aoi.createRoom('Focus');
  await aoi.createRoom('Lobby');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();
  await aoi.page.getByRole('link', { name: 'Lobby', exact: true }).first().click();
  await aoi.join('Lobby');
  await ren.join('Lobby');
  await aoi.expectToHear(660);
  await expect(aoi.occupants('Lobby')).toHaveCount(2);

  const phone = { width: 390, height: 844 };
  await aoi.page.screenshot({ path: path.join(FOLDER, 'room.png') });
  await ren.page.screenshot({ path: path.join(FOLDER, 'room-ja-dark.png') });
  await aoi.page.setViewportSize(phone);
  await ren.page.setViewportSize(phone);
  await expect(aoi.button(aoi.words.leave)).toBeInViewport();
  await expect(ren.button(ren.words.leave)).toBeInViewport();
  await aoi.page.screenshot({ path: path.join(FOLDER, 'room-phone.png') });
  await ren.page.screenshot({ path: path.join(FOLDER, 'room-phone-ja-dark.png') });
});

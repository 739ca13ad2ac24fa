/** A face is shown: everybody sees it, its owner as in a mirror, until it ends. */
import { expect, test } from '../support/test.ts';

test('a camera is seen by the others and by its owner, and can be switched off and on', async ({
  arrive,
}) => {
  const aoi = await arrive('Aoi');
  const ren = await arrive('Ren', { language: 'ja' });
  await aoi.signUp();
  await aoi.createWorkspace('Atelier');
  await aoi.createRoom('Easel');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();
  await aoi.page.getByRole('link', { name: 'Easel', exact: true }).first().click();
  await ren.page.getByRole('link', { name: 'Easel', exact: true }).first().click();
  await aoi.join('Easel');
  await ren.join('Easel');

  await test.step('the others see it, and its owner in place of their initials', async () => {
    await aoi.button(aoi.words.showCamera).click();
    await ren.expectToSee(ren.cameraOf('Aoi'));
    await aoi.expectToSee(aoi.page.getByLabel(aoi.words.ownCamera));
    await expect(aoi.cameraOf('Aoi')).toHaveCount(0);
  });

  await test.step('it comes no larger than it is shown', async () => {
    const video = ren.cameraOf('Aoi');
    const width = () => video.evaluate((shown: HTMLVideoElement) => shown.videoWidth);
    for (const [window, expected] of [
      [{ width: 1280, height: 800 }, 640],
      [{ width: 360, height: 640 }, 320],
      [{ width: 1280, height: 800 }, 640],
    ] as const) {
      await ren.page.setViewportSize(window);
      await expect.poll(width).toBe(expected);
    }
  });

  await test.step('switched off it is nowhere, and the microphone stays as it is', async () => {
    await aoi.button(aoi.words.stopCamera).click();
    await expect(ren.cameraOf('Aoi')).toHaveCount(0);
    await expect(aoi.page.getByLabel(aoi.words.ownCamera)).toHaveCount(0);
  });

  await test.step('and on again it is seen again', async () => {
    await aoi.button(aoi.words.showCamera).click();
    await ren.expectToSee(ren.cameraOf('Aoi'));
  });
});

test('who refuses the camera is told how to allow it, and stays in the call', async ({ arrive }) => {
  const aoi = await arrive('Aoi', { microphone: { allowed: false } });
  const browser = await aoi.browser.newBrowserCDPSession();
  for (const name of ['camera', 'microphone']) {
    const permission = { permission: { name }, setting: 'denied', origin: aoi.app } as const;
    await browser.send('Browser.setPermission', permission);
  }
  await aoi.signUp();
  await aoi.createWorkspace('Darkroom');
  await aoi.createRoom('Bench');
  await aoi.join('Bench');
  await aoi.button(aoi.words.showCamera).click();
  await expect(aoi.page.getByRole('alert')).toContainText(/camera/i);
  await expect(aoi.button(aoi.words.showCamera)).toBeEnabled();
  await expect(aoi.occupants('Bench')).toHaveCount(1);
});

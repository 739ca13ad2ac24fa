/** A screen is shown: everybody sees it, also who comes later, until it ends. */
import { expect, test } from '../support/test.ts';

const A4 = 440;
const E5 = 660;

test('a shared screen is seen by who is there and by who comes later, until it ends', async ({
  arriveWithTone,
}) => {
  const aoi = await arriveWithTone('Aoi', A4);
  const ren = await arriveWithTone('Ren', E5, { language: 'ja' });
  await aoi.signUp();
  await aoi.createWorkspace('Drydock');
  await aoi.createRoom('Review');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();
  await aoi.page.getByRole('link', { name: 'Review', exact: true }).first().click();
  await ren.page.getByRole('link', { name: 'Review', exact: true }).first().click();

  await test.step('who comes later sees it', async () => {
    await aoi.join('Review');
    await aoi.button(aoi.words.shareScreen).click();
    await expect(aoi.button(aoi.words.stopSharing).first()).toBeVisible();
    await ren.join('Review');
    await ren.expectToSeeScreenOf('Aoi');
  });

  await test.step('the voice goes on beside it, and nobody is shown their own screen', async () => {
    await aoi.expectToHear(E5);
    await expect(aoi.screenOf('Aoi')).toHaveCount(0);
  });

  await test.step('ending it takes it off the stage', async () => {
    await aoi.button(aoi.words.stopSharing).first().click();
    await expect(ren.screenOf('Aoi')).toHaveCount(0);
    await ren.expectToHear(A4);
  });

  await test.step('who is there sees the next one, and its shower’s leaving ends it', async () => {
    await ren.button(ren.words.shareScreen).click();
    await aoi.expectToSeeScreenOf('Ren');
    await ren.leave();
    await expect(aoi.screenOf('Ren')).toHaveCount(0);
  });
});

/** The first call: two people sign up, one invites the other, and they hear each other. */
import { tlsVersions } from '../support/probe.ts';
import { expect, test } from '../support/test.ts';

const A4 = 440;
const E5 = 660;
/** DTLS 1.3 on the wire. */
const DTLS_1_3 = 'FEFC';

test('two people sign up, one invites the other by mail, and they hear each other', async ({
  arriveWithTone,
}) => {
  const aoi = await arriveWithTone('Aoi', A4);
  const ren = await arriveWithTone('Ren', E5);

  await test.step('both sign up, and one follows the other’s invitation', async () => {
    await aoi.signUp();
    await aoi.createWorkspace('Harbour');
    await aoi.createRoom('Lobby');
    await ren.signUp();
    await aoi.invite(ren);
    await ren.acceptInvitation();
  });

  await test.step('both join, and each hears the other’s tone', async () => {
    await aoi.page.getByRole('link', { name: 'Lobby', exact: true }).first().click();
    await aoi.join('Lobby');
    await ren.join('Lobby');
    await expect(aoi.roster).toHaveCount(2);
    await expect(ren.roster).toHaveCount(2);
    await aoi.expectToHear(E5);
    await ren.expectToHear(A4);
  });

  await test.step('the media is encrypted with DTLS 1.3', async () => {
    for (const person of [aoi, ren]) {
      expect(await tlsVersions(person.page)).toEqual([DTLS_1_3]);
    }
  });

  await test.step('who speaks is shown', async () => {
    const renOnAoisPage = aoi.roster.filter({ hasText: 'Ren' });
    await expect(renOnAoisPage).toHaveAttribute('data-speaking', 'true');
  });

  await test.step('mute silences, and unmute brings the voice back', async () => {
    await aoi.microphone.click();
    await expect(aoi.microphone).toHaveAttribute('aria-pressed', 'false');
    await ren.expectSilence();
    await aoi.expectToHear(E5);
    await aoi.microphone.click();
    await expect(aoi.microphone).toHaveAttribute('aria-pressed', 'true');
    await ren.expectToHear(A4);
  });

  await test.step('leaving empties the room', async () => {
    await ren.leave();
    await expect(aoi.roster).toHaveCount(1);
    await aoi.expectSilence();
    await expect(ren.occupants('Lobby')).toHaveCount(1);
    await aoi.leave();
    await expect(ren.occupants('Lobby')).toHaveCount(0);
  });
});

test('somebody outside the room sees who is in it', async ({ arrive, arriveWithTone }) => {
  const aoi = await arriveWithTone('Aoi', A4);
  const mio = await arrive('Mio');
  await aoi.signUp();
  await aoi.createWorkspace('Lighthouse');
  await aoi.createRoom('Quay');
  await mio.signUp();
  await aoi.invite(mio);
  await mio.acceptInvitation();

  await expect(mio.occupants('Quay')).toHaveCount(0);
  await aoi.join('Quay');
  await expect(mio.occupants('Quay')).toHaveText([/Aoi/]);
  await aoi.page.close();
  await expect(mio.occupants('Quay')).toHaveCount(0);
});

test('the same person in a second tab takes the call over', async ({ arriveWithTone }) => {
  const aoi = await arriveWithTone('Aoi', A4);
  await aoi.signUp();
  await aoi.createWorkspace('Pier');
  await aoi.createRoom('Deck');
  await aoi.join('Deck');

  const second = await aoi.page.context().newPage();
  await second.goto(aoi.page.url());
  await second.getByRole('button', { name: aoi.words.join('Deck'), exact: true }).first().click();
  await expect(second.getByRole('button', { name: aoi.words.leave, exact: true })).toBeVisible();
  await expect(aoi.button(aoi.words.leave)).toBeHidden();
});

/** Networks that let little through: a call takes whatever way there is. */
import { WITHOUT_UDP } from '../support/browser.ts';
import { protocols, tlsVersions } from '../support/probe.ts';
import { expect, test } from '../support/test.ts';

const A4 = 440;
const E5 = 660;
/** DTLS 1.3 on the wire. */
const DTLS_1_3 = 'FEFC';

test('who gets nothing through over UDP talks over TCP with somebody who does', async ({
  arriveWithTone,
}) => {
  const aoi = await arriveWithTone('Aoi', A4, { browser: WITHOUT_UDP });
  const ren = await arriveWithTone('Ren', E5);
  await aoi.signUp();
  await aoi.createWorkspace('Bunker');
  await aoi.createRoom('Cellar');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();

  await aoi.join('Cellar');
  await ren.join('Cellar');
  await aoi.expectToHear(E5);
  await ren.expectToHear(A4);

  expect(await protocols(aoi.page)).toEqual(['tcp']);
  expect(await protocols(ren.page)).toEqual(['udp']);
  expect(await tlsVersions(aoi.page)).toEqual([DTLS_1_3]);
});

/**
 * From the click on a room to the first voice heard, with everything on one machine: what the
 * client and the node cost, without a network between them. The call's code is loaded anew each
 * time but comes from the browser's cache after the first, which is not counted.
 */
import { expect, test } from '../support/test.ts';

const CALLS = 15;

test('from click to first voice', async ({ arriveWithTone }) => {
  const aoi = await arriveWithTone('Aoi', 440);
  const ren = await arriveWithTone('Ren', 660);
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await aoi.createRoom('Lobby');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();
  await aoi.page.getByRole('link', { name: 'Lobby', exact: true }).first().click();
  await aoi.join('Lobby');

  const hearing: number[] = [];
  const heard: number[] = [];
  for (let call = 0; call <= CALLS; call += 1) {
    await expect(aoi.roster).toHaveCount(1);
    await ren.page.reload();
    const join = ren.button(ren.words.join('Lobby')).first();
    await expect(join).toBeVisible();
    const atRen = ren.page.evaluate(() => window.koebaProbe.firstSound());
    const atAoi = aoi.page.evaluate(() => window.koebaProbe.firstSound());
    const clicked = await join.evaluate((button: HTMLElement) => {
      const now = performance.timeOrigin + performance.now();
      button.click();
      return now;
    });
    const [renHears, aoiHears] = await Promise.all([atRen, atAoi]);
    if (call > 0) {
      hearing.push(renHears - clicked);
      heard.push(aoiHears - clicked);
    }
    await ren.leave();
  }
  console.log('| from the click on Join | p50, ms | p75, ms | max, ms |');
  console.log('| ---------------------- | ------: | ------: | ------: |');
  console.log(`| to hearing the others  | ${row(hearing)} |`);
  console.log(`| to being heard         | ${row(heard)} |`);
});

function row(values: number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
  return [at(0.5), at(0.75), at(1)].map((value) => value.toFixed(0).padStart(7)).join(' | ');
}

/** Nobody who manages anything is let in by a password alone. */
import type { Person } from '../support/person.ts';
import { addFingerprintReader, appCode } from '../support/secondStep.ts';
import { expect, test } from '../support/test.ts';

/** Somebody who owns a workspace, and has been signed out. */
async function owner(arrive: (name: string) => Promise<Person>): Promise<Person> {
  const aoi = await arrive('Aoi');
  await aoi.signUp();
  await aoi.createWorkspace('Harbour');
  await aoi.page.context().clearCookies();
  return aoi;
}

const expectInside = (aoi: Person) =>
  expect(aoi.page.getByRole('navigation', { name: aoi.words.rooms })).toBeVisible();

// Check sheet: WA-04-04, WA-04-05.
test('by mail: set up because the role demands it, then asked for at every sign-in', async ({
  arrive,
}) => {
  const aoi = await owner(arrive);
  await aoi.signIn();
  await expect(aoi.heading(aoi.words.setUpTitle)).toBeVisible();

  await test.step('nothing else can be done before', async () => {
    await aoi.page.goto(`${aoi.app}/account/data`);
    await expect(aoi.heading(aoi.words.setUpTitle)).toBeVisible();
  });

  await aoi.chooseWay(aoi.words.mailToken);
  await aoi.proveByMail(aoi.words.finish);
  await expect(aoi.heading(aoi.words.setUpTitle)).toBeHidden();
  await aoi.page.goto(aoi.app);
  await expectInside(aoi);

  await test.step('the next sign-in asks for it, and a wrong token is refused', async () => {
    await aoi.page.context().clearCookies();
    await aoi.signIn();
    await expect(aoi.heading(aoi.words.proveTitle)).toBeVisible();
    await aoi.button(aoi.words.sendToken).click();
    const field = aoi.field(aoi.words.token);
    await expect(field).toHaveAttribute('autocomplete', 'one-time-code');
    await field.fill('00000000');
    await aoi.button(aoi.words.prove).click();
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await aoi.page.reload();
    await aoi.proveByMail(aoi.words.prove);
    await expectInside(aoi);
  });
});

test('by an authenticator app, and by a recovery code when the phone is lost', async ({
  arrive,
}) => {
  const aoi = await owner(arrive);
  await aoi.signIn();
  await aoi.chooseWay(aoi.words.app);
  await expect(aoi.page.getByRole('img', { name: /QR/ })).toBeVisible();
  await aoi.page.getByText(aoi.words.appKey).click();
  const key = (await aoi.page.locator('.manual code').textContent()) ?? '';
  await aoi.field(aoi.words.appCode).fill(appCode(key));
  await aoi.button(aoi.words.finish).click();

  const codes = aoi.page.getByRole('list', { name: aoi.words.recoveryCodes }).getByRole('listitem');
  await expect(codes).toHaveCount(10);
  const [first = ''] = await codes.allTextContents();
  await test.step('printed, the codes are on the paper and nothing else is', async () => {
    await aoi.page.evaluate(() => {
      window.print = () => document.body.toggleAttribute('data-printed');
    });
    await aoi.button('Print').click();
    await expect(aoi.page.locator('body')).toHaveAttribute('data-printed', '');
    await aoi.page.emulateMedia({ media: 'print' });
    await expect(codes.first()).toBeVisible();
    await expect(aoi.page.locator('button').filter({ visible: true })).toHaveCount(0);
    await aoi.page.emulateMedia({ media: 'screen' });
  });
  await aoi.button(aoi.words.kept).click();
  await expectInside(aoi);

  await test.step('the code of the next half minute opens, in full-width letters too', async () => {
    await aoi.page.context().clearCookies();
    await aoi.signIn();
    const wide = [...appCode(key, 1)].map((digit) => String.fromCodePoint(0xff10 + Number(digit)));
    await aoi.field(aoi.words.appCode).fill(wide.join(''));
    await aoi.button(aoi.words.prove).click();
    await expectInside(aoi);
  });

  await test.step('a recovery code opens once', async () => {
    for (const opens of [true, false]) {
      await aoi.page.context().clearCookies();
      await aoi.signIn();
      await aoi.chooseWay(aoi.words.recoveryCode);
      await aoi.field(aoi.words.recoveryCode).fill(first.toUpperCase().replace('-', ' '));
      await aoi.button(aoi.words.prove).click();
      if (opens) await expectInside(aoi);
      else await expect(aoi.field(aoi.words.recoveryCode)).toHaveAttribute('aria-invalid', 'true');
    }
  });
});

// Check sheet: WA-06-02, WA-09-02.
test('by a passkey, and again before something that matters', async ({ arrive }) => {
  const aoi = await owner(arrive);
  await addFingerprintReader(aoi.page);
  await aoi.signIn();
  await aoi.chooseWay(aoi.words.passkey);
  await aoi.button(aoi.words.makePasskey).click();
  await expectInside(aoi);

  await aoi.page.context().clearCookies();
  await aoi.signIn();
  await aoi.button(aoi.words.usePasskey).click();
  await expectInside(aoi);

  await test.step('whoever waited too long is asked, and what they wanted goes on', async () => {
    await aoi.page.goto(`${aoi.app}/account/security`);
    await refuseOnceForStepUp(aoi);
    await aoi.button(aoi.words.newCodes).click();
    const dialog = aoi.page.getByRole('dialog', { name: aoi.words.stepUpTitle });
    await dialog.getByRole('button', { name: aoi.words.usePasskey }).click();
    await expect(dialog).toBeHidden();
    const codes = aoi.page.getByRole('list', { name: aoi.words.recoveryCodes });
    await expect(codes.getByRole('listitem')).toHaveCount(10);
    await aoi.button(aoi.words.kept).click();
  });

  await test.step('the password does as well, and closing the question changes nothing', async () => {
    await refuseOnceForStepUp(aoi);
    await aoi.button(aoi.words.newCodes).click();
    const dialog = aoi.page.getByRole('dialog', { name: aoi.words.stepUpTitle });
    await dialog.getByLabel(aoi.words.password, { exact: true }).fill('not my password at all');
    await aoi.page.keyboard.press('Enter');
    await expect(dialog.getByRole('alert').or(dialog.locator('[aria-invalid]')).first()).toBeVisible();
    await aoi.page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(aoi.page.getByRole('dialog').getByRole('alert')).toBeVisible();
  });
});

/** Lets five minutes pass for the next request: the server's own refusal, once. */
async function refuseOnceForStepUp(person: Person): Promise<void> {
  await person.page.route(
    '**/api/me/second-steps/recovery-codes',
    (route) =>
      route.fulfill({
        status: 403,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          type: '/problems/step-up-required',
          title: 'Please confirm that it is you',
        }),
      }),
    { times: 1 },
  );
}

test('a workspace that accepts no e-mail token has its people set up more than that', async ({
  arrive,
}) => {
  const aoi = await owner(arrive);
  await addFingerprintReader(aoi.page);
  await aoi.signIn();
  await aoi.chooseWay(aoi.words.passkey);
  await aoi.button(aoi.words.makePasskey).click();
  await expectInside(aoi);
  const ren = await arrive('Ren');
  await ren.signUp();
  await aoi.invite(ren);
  await ren.acceptInvitation();

  await demandMoreThanMail(aoi);
  await expect(ren.heading(ren.words.setUpTitle)).toBeVisible();
  await expect(ren.page.getByRole('button', { name: new RegExp(`^${ren.words.mailToken}`) })).toBeHidden();
  await addFingerprintReader(ren.page);
  await ren.chooseWay(ren.words.passkey);
  await ren.button(ren.words.makePasskey).click();
  await expectInside(ren);
});

/** Saves the policy that everybody needs a second step, and not the one by mail. */
async function demandMoreThanMail(manager: Person): Promise<void> {
  const status = await manager.page.evaluate(async () => {
    const me = (await (await fetch('/api/me')).json()) as { csrf_token: string };
    const path = `/api/workspaces/${/w\/([^/]+)/.exec(location.pathname)?.[1]}/policy`;
    const now = (await (await fetch(path)).json()) as { policy: object; version: number };
    const policy = { ...now.policy, second_step: 'everybody', email_token_allowed: false };
    const answer = await fetch(path, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-csrf-token': me.csrf_token },
      body: JSON.stringify({ policy, version: now.version }),
    });
    return answer.status;
  });
  expect(status).toBe(200);
}

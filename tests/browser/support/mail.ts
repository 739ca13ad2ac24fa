/** What Koeba has mailed, read from the local inbox. */
import { expect } from '@playwright/test';

interface Mail {
  id: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
}

/** The token of the newest mail to `address` that carries one. */
export async function mailedToken(app: string, address: string): Promise<string> {
  return newest(app, address, /(?<!\d)(\d{8})(?!\d)/);
}

/** The invitation link of the newest mail to `address` that carries one. */
export async function mailedInvitation(app: string, address: string): Promise<string> {
  return newest(app, address, /(https?:\/\/\S+\/invite#\S+)/);
}

/** The token of the first mail to `address` that comes after `act`. */
export async function tokenMailedBy(
  app: string,
  address: string,
  act: () => Promise<void>,
): Promise<string> {
  const before = new Set((await mails(app)).map(({ id }) => id));
  await act();
  return newest(app, address, /(?<!\d)(\d{8})(?!\d)/, before);
}

/** The link of the newest mail to `address` that sets a new password. */
export async function mailedReset(app: string, address: string): Promise<string> {
  return newest(app, address, /(https?:\/\/\S+\/reset#\S+)/);
}

/** The link of the newest mail to `address` that makes an account for somebody who was invited. */
export async function mailedJoin(app: string, address: string): Promise<string> {
  return newest(app, address, /(https?:\/\/\S+\/join#\S+)/);
}

async function mails(app: string): Promise<Mail[]> {
  const response = await fetch(`${app}/_local/mail.json`);
  return (await response.json()) as Mail[];
}

async function newest(
  app: string,
  address: string,
  pattern: RegExp,
  seen: ReadonlySet<string> = new Set(),
): Promise<string> {
  let found: string | undefined;
  const look = async () => {
    found = (await mails(app))
      .filter((mail) => mail.to.includes(address) && !seen.has(mail.id))
      .map((mail) => pattern.exec(mail.text)?.[1])
      .find((match) => match !== undefined);
    return found;
  };
  await expect.poll(look, { message: `a mail to ${address} with ${pattern}` }).toBeDefined();
  return found as string;
}

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

async function newest(app: string, address: string, pattern: RegExp): Promise<string> {
  let found: string | undefined;
  const look = async () => {
    const response = await fetch(`${app}/_local/mail.json`);
    const mails = (await response.json()) as Mail[];
    found = mails
      .filter((mail) => mail.to.includes(address))
      .map((mail) => pattern.exec(mail.text)?.[1])
      .find((match) => match !== undefined);
    return found;
  };
  await expect.poll(look, { message: `a mail to ${address} with ${pattern}` }).toBeDefined();
  return found as string;
}

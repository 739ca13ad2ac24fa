/** An address of the web as the server gave it, or nothing: never a script, never a file. */
export function webLink(address: string): string | undefined {
  try {
    const { protocol, href } = new URL(address, globalThis.location?.href);
    return protocol === 'https:' || protocol === 'http:' ? href : undefined;
  } catch {
    return undefined;
  }
}

/** One string that this browser keeps, and does without where storage is switched off. */
export function remembered(key: string, storage: () => Storage = () => globalThis.localStorage) {
  return {
    read(): string | null {
      try {
        return storage().getItem(key);
      } catch {
        return null;
      }
    },
    write(value: string | null): void {
      try {
        if (value === null) storage().removeItem(key);
        else storage().setItem(key, value);
      } catch {
        // Private windows refuse storage: the choice then lasts as long as the page.
      }
    },
  };
}

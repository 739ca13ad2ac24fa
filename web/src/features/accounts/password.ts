/** The rules that a page can check while somebody types; the server has the last word. */
export const PASSWORD_MIN = 15;

export interface PasswordHints {
  readonly long: boolean;
  readonly own: boolean;
  readonly varied: boolean;
}

export function passwordHints(password: string, email: string, name: string): PasswordHints {
  const lower = password.toLowerCase();
  const words = [email, email.split('@')[0] ?? '', name]
    .map((word) => word.trim().toLowerCase())
    .filter(Boolean);
  return {
    long: [...password].length >= PASSWORD_MIN,
    own: password !== '' && !words.includes(lower),
    varied: new Set(lower).size > 3,
  };
}

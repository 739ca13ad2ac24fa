import { batch, signal } from '@preact/signals';
import {
  ApiProblem,
  answer,
  api,
  bareApi,
  useCsrfToken,
  useRecoveries,
  whenSignedOut,
} from '../../api/client';
import { singleFlight } from '../../api/recovery';
import type { SignedIn, User } from '../../api/types';
import type { DeletionView, SessionView } from '../../api/views';
import { locale } from '../../i18n';
import { paths } from '../../paths';
import { go, path, query } from '../../router';
import { remembered } from '../../ui/remembered';
import { leave } from '../../voice/voice';

/** `undefined` until the server was asked. */
export const user = signal<User | null | undefined>(undefined);
/** How far this session is proven; null when nobody is signed in. */
export const session = signal<SessionView | null>(null);
/** A workspace demands a stronger second step than this session was proven with. */
export const strongerWanted = signal(false);
/** The proof that an account is deleted, to be shown when nobody is signed in any more. */
export const farewell = signal<DeletionView | null>(null);
/** The server could not be asked; the page offers to try again. */
export const unreachable = signal<ApiProblem | null>(null);

export interface PendingSignUp {
  readonly id: string;
  readonly email: string;
  readonly returnTo: string;
  /** What sending another token needs. Never stored: after a reload one starts again instead. */
  readonly again?: { readonly password: string; readonly displayName: string };
}

const kept = remembered('koeba.sign-up', () => globalThis.sessionStorage);

/** A sign-up that waits for its token. */
export const pendingSignUp = signal<PendingSignUp | null>(readPending(kept.read()));

function readPending(stored: string | null): PendingSignUp | null {
  try {
    const found = JSON.parse(stored ?? 'null');
    return typeof found?.id === 'string' ? found : null;
  } catch {
    return null;
  }
}

function keepPending(pending: PendingSignUp | null): void {
  pendingSignUp.value = pending;
  kept.write(
    pending && JSON.stringify({ id: pending.id, email: pending.email, returnTo: pending.returnTo }),
  );
}

/** Takes over what the server says about the session, with the proof for the next requests. */
export function begin({ user: who, csrf_token, session: now }: SignedIn): void {
  batch(() => {
    useCsrfToken(csrf_token);
    user.value = who;
    session.value = now;
  });
}

/** Takes over the proof for the next requests only: the page stays where it is. */
export const proveWith = ({ csrf_token }: SignedIn): void => useCsrfToken(csrf_token);

/** Forgets whose session this was, and leaves the call. */
export function end(): void {
  batch(() => {
    useCsrfToken(null);
    user.value = null;
    session.value = null;
    strongerWanted.value = false;
    stepUpAsked.value?.(false);
  });
  leave();
}

/** Asks who is signed in. */
export async function askWho(): Promise<void> {
  unreachable.value = null;
  try {
    begin(await answer(bareApi.GET('/api/me'), { keepSession: true }));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) end();
    else if (error instanceof ApiProblem) unreachable.value = error;
    else throw error;
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  begin(
    await answer(api.POST('/api/sessions', { body: { email, password } }), { keepSession: true }),
  );
}

export async function signUp(
  email: string,
  password: string,
  displayName: string,
  returnTo: string,
): Promise<void> {
  const { id } = await answer(
    api.POST('/api/sign-ups', {
      body: { email, password, display_name: displayName, locale: locale.value },
    }),
    { keepSession: true },
  );
  keepPending({ id, email, returnTo, again: { password, displayName } });
}

/** Sends another token by beginning the same sign-up anew. */
export async function signUpAgain(): Promise<void> {
  const pending = pendingSignUp.value;
  if (!pending?.again) return;
  await signUp(pending.email, pending.again.password, pending.again.displayName, pending.returnTo);
}

/** Completes the sign-up, and says where the person was going. */
export async function confirm(token: string): Promise<string> {
  const pending = pendingSignUp.value;
  if (!pending) return paths.home;
  begin(
    await answer(
      api.POST('/api/sign-ups/{sign_up_id}/confirm', {
        params: { path: { sign_up_id: pending.id } },
        body: { token },
      }),
      { keepSession: true },
    ),
  );
  keepPending(null);
  return pending.returnTo;
}

/** Ends the session; `stay` for a page that goes on without one. */
export async function signOut({ stay = false } = {}): Promise<void> {
  leave();
  try {
    await answer(api.DELETE('/api/sessions/current'), { keepSession: true });
  } catch (error) {
    // A session that is gone already is what was asked for.
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
  }
  end();
  if (!stay) go(paths.home);
}

/** Whoever has to prove again that they are there; called with whether they did. */
export const stepUpAsked = signal<((proven: boolean) => void) | null>(null);

const askForProof = () =>
  new Promise<boolean>((resolve) => {
    stepUpAsked.value = (proven) => {
      stepUpAsked.value = null;
      resolve(proven);
    };
  });

/** Asks anew who is signed in: another tab may have renewed the session, or signed in anew. */
export const refresh = singleFlight(async () => {
  const before = user.peek()?.id;
  try {
    const found = await answer(bareApi.GET('/api/me'), { keepSession: true });
    if (before !== undefined && found.user.id !== before) {
      // Somebody else's pages: nothing of the one before may stay on the screen.
      location.replace(paths.home);
      return false;
    }
    begin(found);
    return true;
  } catch (error) {
    if (error instanceof ApiProblem) return false;
    throw error;
  }
});

/** Asks for a new session id. One tab at a time: the old id dies at once. */
const renew = singleFlight(() =>
  oneTabAtATime(async () => {
    try {
      begin(await answer(bareApi.POST('/api/sessions/current/renewal'), { keepSession: true }));
      return true;
    } catch (error) {
      if (error instanceof ApiProblem) return refresh();
      throw error;
    }
  }),
);

const oneTabAtATime = async (work: () => Promise<boolean>): Promise<boolean> =>
  navigator.locks ? await navigator.locks.request('koeba.session', work) : await work();

useRecoveries({
  renew,
  refresh,
  stepUp: singleFlight(askForProof),
  proveMore(slug) {
    if (slug === 'stronger-second-step-required') strongerWanted.value = true;
    else void refresh();
  },
});

whenSignedOut(() => {
  if (user.value === null) return;
  const back = path.value + (query.value.size ? `?${query.value}` : '');
  end();
  go(`${paths.signInAndReturn(back)}&expired=1`, { replace: true });
});

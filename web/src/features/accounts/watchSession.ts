import { ApiProblem, answer, api } from '../../api/client';
import { path } from '../../router';
import { user } from './session';

const POLL_MS = 3000;

/** In a workspace the server hangs up (see `watchRooms`), and that is looked into. */
const noticedElsewhere = () => path.value.startsWith('/w/');

/** A 401 takes this page to the sign-in; anything else is for the next look to find out. */
async function ask(): Promise<void> {
  try {
    await answer(api.GET('/api/me'));
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
  }
}

/** Notices on the other pages, while somebody looks at them, that the session has ended. */
export function watchSession(): void {
  const look = async () => {
    if (user.value && document.visibilityState === 'visible' && !noticedElsewhere()) await ask();
    setTimeout(look, POLL_MS);
  };
  document.addEventListener('visibilitychange', () => {
    if (user.value && document.visibilityState === 'visible') void ask();
  });
  setTimeout(look, POLL_MS);
}

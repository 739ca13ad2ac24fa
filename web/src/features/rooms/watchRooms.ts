/** Keeps the list of rooms true: as the server tells it, and by asking where it cannot. */
import { callState } from '../../voice/voice';
import { openLine } from '../live/line';
import { hear, loadRooms, show } from './rooms';

/** How often to ask while nobody tells. A session that has ended is noticed by it within 5 s. */
const ASK_MS = 4_000;
/** How often to ask although somebody tells: a media node that dies tells nobody. */
const ASK_ANYWAY_MS = 5 * 60_000;
/** How long a page that nobody looks at goes on being told, unless somebody listens to it. */
const HIDDEN_MS = 5 * 60_000;
/** Many are cut off at the same moment, and must not all ask at the same moment. */
const SPREAD_MS = 1_000;

const isVisible = () => document.visibilityState === 'visible';

const address = (workspace: string): string => {
  const { protocol, host } = location;
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/live?workspace=${workspace}`;
};

/** Watches the rooms of a workspace; the returned function stops it. */
export function watchRooms(workspace: string): () => void {
  show(workspace);
  let asking: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  let line: ReturnType<typeof openLine> | undefined;
  let told = false;

  const askIn = (ms: number, anyway = false) => {
    clearTimeout(asking);
    asking = setTimeout(() => void ask(anyway), ms);
  };
  const ask = async (anyway = false) => {
    clearTimeout(asking);
    if (anyway || isVisible()) await loadRooms(workspace);
    if (line) askIn(told ? ASK_ANYWAY_MS : ASK_MS);
  };

  const start = () => {
    line ??= openLine(address(workspace), {
      up() {
        told = true;
        void ask(true);
      },
      down() {
        // It may be that the session has ended: whoever asks is told so, in a hidden page too.
        if (told) askIn(Math.random() * SPREAD_MS, true);
        told = false;
      },
      said(message) {
        if (hear(workspace, message) === 'ask') void ask(true);
      },
    });
  };
  const pause = () => {
    if (callState.value !== 'idle') {
      hiding = setTimeout(pause, HIDDEN_MS);
      return;
    }
    stop();
  };
  const stop = () => {
    clearTimeout(asking);
    clearTimeout(hiding);
    line?.stop();
    line = undefined;
    told = false;
  };

  const onVisible = () => {
    clearTimeout(hiding);
    if (!isVisible()) {
      hiding = setTimeout(pause, HIDDEN_MS);
      return;
    }
    if (line) line.check();
    start();
    if (!told) void ask();
  };
  const onOnline = () => line?.check();

  start();
  void ask();
  document.addEventListener('visibilitychange', onVisible);
  globalThis.addEventListener('online', onOnline);
  return () => {
    stop();
    document.removeEventListener('visibilitychange', onVisible);
    globalThis.removeEventListener('online', onOnline);
  };
}

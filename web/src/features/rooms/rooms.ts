import { signal } from '@preact/signals';
import { ApiProblem, answer, api } from '../../api/client';
import type { Room } from '../../api/types';

const POLL_MS = 2000;

/** The rooms of the workspace on the screen; `undefined` until they were read. */
export const rooms = signal<readonly Room[] | undefined>(undefined);
/** Why the list could not be read the last time. */
export const roomsProblem = signal<ApiProblem | null>(null);

let shown = '';
let reading = 0;

/** Reads every page of the list. A later reading makes an earlier one that is still out void. */
export async function loadRooms(workspace: string): Promise<void> {
  reading += 1;
  const mine = reading;
  try {
    const found: Room[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Room[]; next_cursor?: string | null } = await answer(
        api.GET('/api/workspaces/{workspace_id}/rooms', {
          params: {
            path: { workspace_id: workspace },
            query: cursor === null ? {} : { cursor },
          },
        }),
      );
      found.push(...page.items);
      cursor = page.next_cursor ?? null;
    } while (cursor !== null && mine === reading);
    if (mine !== reading || workspace !== shown) return;
    rooms.value = found;
    roomsProblem.value = null;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (mine === reading && workspace === shown) roomsProblem.value = error;
  }
}

/** Keeps the list true while the page is looked at; the returned function stops it. */
export function watchRooms(workspace: string): () => void {
  if (shown !== workspace) {
    shown = workspace;
    rooms.value = undefined;
    roomsProblem.value = null;
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const again = async () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') await loadRooms(workspace);
    if (!stopped) timer = setTimeout(again, POLL_MS);
  };
  const onVisible = () => {
    if (document.visibilityState === 'visible') void again();
  };
  void again();
  document.addEventListener('visibilitychange', onVisible);
  return () => {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onVisible);
  };
}

const at = (workspace: string, room: string) => ({
  params: { path: { workspace_id: workspace, room_id: room } },
});

export async function createRoom(workspace: string, name: string): Promise<Room> {
  const made = await answer(
    api.POST('/api/workspaces/{workspace_id}/rooms', {
      params: { path: { workspace_id: workspace } },
      body: { name },
    }),
  );
  await loadRooms(workspace);
  return made;
}

export async function renameRoom(workspace: string, room: string, name: string): Promise<void> {
  await answer(
    api.PATCH('/api/workspaces/{workspace_id}/rooms/{room_id}', {
      ...at(workspace, room),
      body: { name },
    }),
  );
  await loadRooms(workspace);
}

export async function deleteRoom(workspace: string, room: string): Promise<void> {
  await answer(api.DELETE('/api/workspaces/{workspace_id}/rooms/{room_id}', at(workspace, room)));
  await loadRooms(workspace);
}

/** Deleting takes the room's name or the word DELETE, whatever width the letters were typed in. */
export function confirmsDeletion(typed: string, name: string): boolean {
  const plain = typed.normalize('NFKC').trim();
  return plain === 'DELETE' || plain === name.normalize('NFKC').trim();
}

import { signal } from '@preact/signals';
import { ApiProblem, answer, api } from '../../api/client';
import type { Room } from '../../api/types';
import { type Change, changesIn, withChanges } from './notices';

/** The rooms of the workspace on the screen; `undefined` until they were read. */
export const rooms = signal<readonly Room[] | undefined>(undefined);
/** Why the list could not be read the last time. */
export const roomsProblem = signal<ApiProblem | null>(null);

let shown = '';
let reading = 0;
/** What was told since the reading that is out began: its answer may be older than that. */
let heard: Change[] = [];

/** Reads every page of the list. A later reading makes an earlier one that is still out void. */
export async function loadRooms(workspace: string): Promise<void> {
  reading += 1;
  const mine = reading;
  heard = [];
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
    rooms.value = withChanges(found, heard);
    roomsProblem.value = null;
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (mine === reading && workspace === shown) roomsProblem.value = error;
  }
}

/** Puts the rooms of a workspace on the screen, as soon as they are read. */
export function show(workspace: string): void {
  if (shown === workspace) return;
  shown = workspace;
  rooms.value = undefined;
  roomsProblem.value = null;
}

/** Takes over what the server tells; answers whether the list has to be asked for instead. */
export function hear(workspace: string, message: unknown): 'heard' | 'ask' {
  const changes = changesIn(message);
  if (changes === 'all') return 'ask';
  if (workspace !== shown || changes.length === 0) return 'heard';
  heard.push(...changes);
  if (rooms.value) rooms.value = withChanges(rooms.value, changes);
  return 'heard';
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

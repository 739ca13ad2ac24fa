import type { Room } from '../../api/types';
import { paths } from '../../paths';
import { go } from '../../router';
import { join } from '../../voice/voice';

/** One click: on to the room's page and into its call. */
export function enter(workspaceId: string, { id, name }: Room): void {
  go(paths.room(workspaceId, id));
  void join({ workspaceId, roomId: id, roomName: name });
}

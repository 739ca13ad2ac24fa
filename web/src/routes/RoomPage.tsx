import type { Workspace } from '../api/types';
import { RoomHead } from '../features/rooms/RoomHead';
import { RoomLobby } from '../features/rooms/RoomLobby';
import { RoomStage } from '../features/calls/lazyCall';
import { rooms, roomsProblem } from '../features/rooms/rooms';
import { text } from '../i18n';
import { paths } from '../paths';
import { ProblemNotice } from '../ui/Notice';
import { PageTitle, Skeleton } from '../ui/Page';
import { place } from '../voice/voice';

export function RoomPage({ workspace, roomId }: { workspace: Workspace; roomId: string }) {
  const t = text.value;
  const room = rooms.value?.find(({ id }) => id === roomId);
  if (rooms.value === undefined) {
    return roomsProblem.value ? (
      <ProblemNotice problem={roomsProblem.value} />
    ) : (
      <Skeleton label={t.loading} />
    );
  }
  if (!room) {
    return (
      <div class="empty">
        <PageTitle title={t.roomGone} />
        <p class="lead">{t.roomGoneLead}</p>
        <a class="button button-plain" href={paths.workspace(workspace.id)}>
          {t.roomsToList}
        </a>
      </div>
    );
  }
  return (
    <div class="room-page">
      <RoomHead workspace={workspace} room={room} />
      {place.value?.roomId === roomId ? (
        <RoomStage />
      ) : (
        <RoomLobby workspace={workspace} room={room} />
      )}
    </div>
  );
}

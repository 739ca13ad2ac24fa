import { useSignal } from '@preact/signals';
import { mayManage, type Workspace } from '../../api/types';
import { text } from '../../i18n';
import { Icon } from '../../ui/Icon';
import { ProblemNotice } from '../../ui/Notice';
import { Skeleton } from '../../ui/Page';
import { CreateRoomDialog } from './CreateRoomDialog';
import { RoomRow } from './RoomRow';
import { rooms, roomsProblem } from './rooms';

/** The heart of the page: every room, and who is in it. */
export function RoomList({ workspace }: { workspace: Workspace }) {
  const t = text.value;
  const making = useSignal(false);
  const manages = mayManage(workspace.role);
  const open = () => {
    making.value = true;
  };
  return (
    <>
      <div class="side-head">
        <h2>{t.rooms}</h2>
        {manages && (
          <button
            type="button"
            class="icon-button"
            aria-label={t.roomNew}
            title={t.roomNew}
            onClick={open}
          >
            <Icon name="plus" />
          </button>
        )}
      </div>
      {rooms.value === undefined && !roomsProblem.value && <Skeleton label={t.loading} rows={5} />}
      {/* One failed reading is no news; the list stays and the next one is two seconds away. */}
      {rooms.value === undefined && <ProblemNotice problem={roomsProblem.value} />}
      {rooms.value?.length === 0 && (
        <div class="side-empty">
          <p>{t.roomsEmpty}</p>
          <p class="quiet">{manages ? t.roomsEmptyManager : t.roomsEmptyMember}</p>
        </div>
      )}
      <ul class="rooms">
        {rooms.value?.map((room) => (
          <RoomRow key={room.id} workspace={workspace} room={room} />
        ))}
      </ul>
      {making.value && (
        <CreateRoomDialog
          workspace={workspace}
          onClose={() => {
            making.value = false;
          }}
        />
      )}
    </>
  );
}

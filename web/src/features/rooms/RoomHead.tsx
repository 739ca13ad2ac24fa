import { useSignal } from '@preact/signals';
import { mayManage, type Room, type Workspace } from '../../api/types';
import { text } from '../../i18n';
import { paths } from '../../paths';
import { Dialog } from '../../ui/Dialog';
import { Icon } from '../../ui/Icon';
import { PageTitle } from '../../ui/Page';
import { Popover } from '../../ui/Popover';
import { DeleteRoomDialog } from './DeleteRoomDialog';
import { facesOf } from './occupants';
import { RoomNameForm } from './RoomNameForm';
import { renameRoom } from './rooms';

/** A room's name, how many are in it, and what a manager may do with it. */
export function RoomHead({ workspace, room }: { workspace: Workspace; room: Room }) {
  const t = text.value;
  const asking = useSignal<'rename' | 'delete' | null>(null);
  const done = () => {
    asking.value = null;
  };
  const count = facesOf(room).length;
  return (
    <div class="page-head">
      <a
        class="icon-button narrow-only"
        href={paths.workspace(workspace.id)}
        aria-label={t.roomsToList}
      >
        <Icon name="back" />
      </a>
      <div class="room-title">
        <PageTitle title={room.name} />
        <p class="quiet">{count === 0 ? t.roomEmptyNow : t.roomPeople(count)}</p>
      </div>
      {mayManage(workspace.role) && (
        <Popover label={t.roomMore(room.name)} button={<Icon name="more" />}>
          {(close) => (
            <ul class="menu">
              {(['rename', 'delete'] as const).map((what) => (
                <li key={what}>
                  <button
                    type="button"
                    class="menu-item"
                    onClick={() => {
                      close();
                      asking.value = what;
                    }}
                  >
                    {what === 'rename' ? t.roomRename : t.roomDelete}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Popover>
      )}
      {asking.value === 'rename' && (
        <Dialog title={t.roomRenameTitle} onClose={done}>
          <RoomNameForm
            name={room.name}
            action={t.save}
            onCancel={done}
            onName={async (name) => {
              await renameRoom(workspace.id, room.id, name);
              done();
            }}
          />
        </Dialog>
      )}
      {asking.value === 'delete' && (
        <DeleteRoomDialog workspace={workspace} room={room} onClose={done} />
      )}
    </div>
  );
}

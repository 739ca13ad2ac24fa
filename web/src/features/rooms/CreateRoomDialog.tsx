import type { Workspace } from '../../api/types';
import { text } from '../../i18n';
import { Dialog } from '../../ui/Dialog';
import { RoomNameForm } from './RoomNameForm';
import { createRoom } from './rooms';

export function CreateRoomDialog({
  workspace,
  onClose,
}: {
  workspace: Workspace;
  onClose: () => void;
}) {
  const t = text.value;
  return (
    <Dialog title={t.roomNew} onClose={onClose}>
      <RoomNameForm
        action={t.roomCreate}
        onCancel={onClose}
        onName={async (name) => {
          await createRoom(workspace.id, name);
          onClose();
        }}
      />
    </Dialog>
  );
}

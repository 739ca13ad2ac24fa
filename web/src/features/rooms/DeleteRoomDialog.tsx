import { useSignal } from '@preact/signals';
import type { Room, Workspace } from '../../api/types';
import { text } from '../../i18n';
import { paths } from '../../paths';
import { go } from '../../router';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { useTask } from '../../ui/useTask';
import { confirmsDeletion, deleteRoom } from './rooms';

interface Props {
  workspace: Workspace;
  room: Room;
  onClose: () => void;
}

/** Deleting cannot be done with a pointer alone: it takes typing. */
export function DeleteRoomDialog({ workspace, room, onClose }: Props) {
  const t = text.value;
  const typed = useSignal('');
  const task = useTask();
  const sure = confirmsDeletion(typed.value, room.name);
  return (
    <Dialog title={t.roomDeleteTitle(room.name)} lead={t.roomDeleteLead} onClose={onClose}>
      <Form
        task={task}
        onSubmit={async () => {
          if (!sure) return;
          await deleteRoom(workspace.id, room.id);
          onClose();
          go(paths.workspace(workspace.id), { replace: true });
        }}
      >
        <Field label={t.roomDeleteType} value={typed} autocomplete="off" spellcheck={false} />
        <div class="dialog-actions">
          <Button onClick={onClose}>{t.cancel}</Button>
          <Button kind="danger" type="submit" busy={task.busy.value} disabled={!sure}>
            {t.roomDeleteDo}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

import { text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Form } from '../../ui/Form';
import { toast } from '../../ui/Toast';
import { useTask } from '../../ui/useTask';

interface Props {
  name: string;
  remove: () => Promise<void>;
  onClose: () => void;
}

/** Asks before a second step goes. */
export function RemoveDialog({ name, remove, onClose }: Props) {
  const t = accountText.value;
  const task = useTask();
  return (
    <Dialog title={t.removeTitle(name)} lead={t.removeLead} onClose={onClose}>
      <Form
        task={task}
        onSubmit={async () => {
          await remove();
          toast(accountText.value.removed);
          onClose();
        }}
      >
        <div class="dialog-actions">
          <Button onClick={onClose}>{text.value.cancel}</Button>
          <Button kind="danger" type="submit" busy={task.busy.value}>
            {t.remove}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

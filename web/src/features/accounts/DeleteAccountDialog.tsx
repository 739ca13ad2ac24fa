import { useSignal } from '@preact/signals';
import { text } from '../../i18n';
import { accountText } from '../../i18n/account';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { useTask } from '../../ui/useTask';
import { deleteAccount, saysDelete } from './ownData';
import { end, farewell } from './session';

/** Cannot be done with a pointer alone: it takes typing. */
export function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  const t = accountText.value;
  const typed = useSignal('');
  const task = useTask();
  const sure = saysDelete(typed.value);
  const owned = Object.values(task.problem.value?.fields ?? {});
  return (
    <Dialog title={t.deleteTitle} lead={t.deleteLead} onClose={onClose}>
      <Form
        task={task}
        onSubmit={async () => {
          if (!sure) return;
          farewell.value = await deleteAccount();
          end();
        }}
      >
        {owned.length > 0 && (
          <ul class="facts">
            {owned.map((name) => (
              <li key={name}>{name}</li>
            ))}
          </ul>
        )}
        <Field
          label={t.deleteType}
          hint={t.deleteTypeHint}
          value={typed}
          name="confirm"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
        />
        <div class="dialog-actions">
          <Button onClick={onClose}>{text.value.cancel}</Button>
          <Button kind="danger" type="submit" busy={task.busy.value} disabled={!sure}>
            {t.deleteDo}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

import { useSignal } from '@preact/signals';
import { text } from '../../i18n';
import { Button } from '../../ui/Button';
import { Field } from '../../ui/Field';
import { Form } from '../../ui/Form';
import { useTask } from '../../ui/useTask';

interface Props {
  name?: string;
  action: string;
  onName: (name: string) => Promise<void>;
  onCancel: () => void;
}

export function RoomNameForm({ name = '', action, onName, onCancel }: Props) {
  const t = text.value;
  const typed = useSignal(name);
  const task = useTask();
  return (
    <Form task={task} fields={['name']} onSubmit={() => onName(typed.value.trim())}>
      <Field
        label={t.roomName}
        value={typed}
        error={task.problem.value?.fields.name}
        maxLength={64}
        autocomplete="off"
        required
      />
      <div class="dialog-actions">
        <Button onClick={onCancel}>{t.cancel}</Button>
        <Button kind="primary" type="submit" busy={task.busy.value}>
          {action}
        </Button>
      </div>
    </Form>
  );
}

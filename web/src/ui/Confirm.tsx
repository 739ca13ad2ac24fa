import type { ComponentChildren } from 'preact';
import { text } from '../i18n';
import { Button } from './Button';
import { Dialog } from './Dialog';
import { Form } from './Form';
import { useTask } from './useTask';

interface Props {
  title: string;
  lead?: string;
  act: string;
  danger?: boolean;
  ready?: boolean;
  fields?: readonly string[];
  onAct: () => Promise<void>;
  onClose: () => void;
  children?: ComponentChildren | ((task: ReturnType<typeof useTask>) => ComponentChildren);
}

/** Asks before something is done, and stays until it is. */
export function Confirm(props: Props) {
  const { title, lead, act, danger = false, ready = true, fields = [], children } = props;
  const task = useTask();
  return (
    <Dialog title={title} {...(lead === undefined ? {} : { lead })} onClose={props.onClose}>
      <Form
        task={task}
        fields={fields}
        onSubmit={async () => {
          if (!ready) return;
          await props.onAct();
          props.onClose();
        }}
      >
        {typeof children === 'function' ? children(task) : children}
        <div class="dialog-actions">
          <Button onClick={props.onClose}>{text.value.cancel}</Button>
          <Button
            kind={danger ? 'danger' : 'primary'}
            type="submit"
            busy={task.busy.value}
            disabled={!ready}
          >
            {act}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

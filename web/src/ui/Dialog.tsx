import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { text } from '../i18n';
import { Icon } from './Icon';

interface Props {
  title: string;
  lead?: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** A modal question. The browser keeps focus inside and gives it back. */
export function Dialog({ title, lead, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>('input:not([aria-hidden]), select')?.focus();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={onClose}>
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="icon-button"
          aria-label={text.value.close}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </div>
      {lead && <p class="dialog-lead">{lead}</p>}
      {children}
    </dialog>
  );
}

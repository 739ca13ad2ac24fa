import type { ButtonHTMLAttributes, ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon';

type Props = Omit<ButtonHTMLAttributes, 'icon'> & {
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
  icon?: IconName;
  busy?: boolean;
  small?: boolean;
  children?: ComponentChildren;
};

/** A busy button stays focusable and says so, but does nothing. */
export function Button({ kind = 'plain', icon, busy = false, small, children, ...rest }: Props) {
  const { onClick, class: extra, ...attributes } = rest;
  return (
    <button
      type="button"
      {...attributes}
      class={`button button-${kind}${small ? ' button-small' : ''} ${extra ?? ''}`}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {icon && <Icon name={icon} />}
      {children != null && <span class="button-text">{children}</span>}
    </button>
  );
}

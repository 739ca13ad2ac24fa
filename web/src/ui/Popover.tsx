import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';

interface Props {
  /** What the button says to a screen reader, and the panel after it. */
  label: string;
  button: ComponentChildren;
  buttonClass?: string;
  place?: 'below' | 'above';
  children: ComponentChildren | ((close: () => void) => ComponentChildren);
  onToggle?: (open: boolean) => void;
}

/** A button with a panel that the browser opens, closes and gives focus back from. */
export function Popover({
  label,
  button,
  buttonClass = 'icon-button',
  place = 'below',
  children,
  onToggle,
}: Props) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  return (
    <>
      <button type="button" class={buttonClass} aria-label={label} popovertarget={id}>
        {button}
      </button>
      {/* biome-ignore lint/a11y/useSemanticElements: a popover is not a fieldset */}
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="group"
        aria-label={label}
        class={`popover popover-${place}`}
        onToggle={(event) => onToggle?.((event as unknown as ToggleEvent).newState === 'open')}
      >
        {typeof children === 'function' ? children(() => panel.current?.hidePopover()) : children}
      </div>
    </>
  );
}

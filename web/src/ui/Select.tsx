import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './Icon';

interface Props {
  label: string;
  value: string;
  onChoose: (value: string) => void;
  hint?: string | undefined;
  children: ComponentChildren;
}

export function Select({ label, value, onChoose, hint, children }: Props) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <select
          id={id}
          value={value}
          aria-describedby={hint ? `${id}-hint` : undefined}
          onChange={(event) => onChoose(event.currentTarget.value)}
        >
          {children}
        </select>
        <Icon name="down" />
      </div>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

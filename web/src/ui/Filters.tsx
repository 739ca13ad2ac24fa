import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Icon } from './Icon';

/** One filter in a row of filters: its name above it, small. */
export function FilterBox({
  label,
  children,
}: {
  label: string;
  children: (id: string) => ComponentChildren;
}) {
  const id = useId();
  return (
    <span class="filter">
      <label for={id}>{label}</label>
      {children(id)}
    </span>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  any: string;
  choices: readonly (readonly [string, string])[];
  onChoose: (value: string) => void;
}

export const FilterChoice = ({ label, value, any, choices, onChoose }: ChoiceProps) => (
  <FilterBox label={label}>
    {(id) => (
      <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{any}</option>
        {choices.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
    )}
  </FilterBox>
);

interface TextProps {
  label: string;
  value: string;
  type?: 'search' | 'date';
  maxLength?: number;
  onChange: (value: string) => void;
}

/** Asks when the typing ends, and never in the middle of a conversion from kana. */
export const FilterText = ({ label, value, type = 'search', maxLength, onChange }: TextProps) => (
  <FilterBox label={label}>
    {(id) => (
      <input
        id={id}
        type={type as 'search'}
        value={value}
        maxLength={maxLength}
        autocomplete="off"
        spellcheck={false}
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.isComposing) onChange(event.currentTarget.value);
        }}
      />
    )}
  </FilterBox>
);

/** A filter that is on, and the way to take it off. */
export const Chip = ({ words, off, onOff }: { words: string; off: string; onOff: () => void }) => (
  <button type="button" class="chip" aria-label={off} onClick={onOff}>
    <span>{words}</span>
    <Icon name="close" />
  </button>
);

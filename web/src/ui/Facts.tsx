import type { ComponentChildren } from 'preact';

/** Pairs of what something is called and what it is. */
export const Facts = ({
  label,
  facts,
}: {
  label: string;
  facts: readonly (readonly [string, ComponentChildren])[];
}) => (
  <dl class="fact-list" aria-label={label}>
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

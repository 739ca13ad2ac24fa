import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  title: string;
  lead?: string;
  tone?: 'danger';
  children: ComponentChildren;
}

/** One matter of a page, under a heading of its own. */
export function Panel({ title, lead, tone, children }: Props) {
  const id = useId();
  return (
    <section class={tone ? `panel panel-${tone}` : 'panel'} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {lead && <p class="quiet">{lead}</p>}
      {children}
    </section>
  );
}

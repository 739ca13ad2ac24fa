import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

let first = true;

/** A page's heading: names the tab, and takes focus when somebody came here by a link. */
export function PageTitle({ title, children }: { title: string; children?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (first) first = false;
    else heading.current?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = `${title} · Koeba`;
  }, [title]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children ?? title}
    </h1>
  );
}

export const Skeleton = ({ label, rows = 3 }: { label: string; rows?: number }) => (
  <div class="skeletons" role="status" aria-label={label}>
    {Array.from({ length: rows }, (_, index) => (
      <span key={index} class="skeleton" />
    ))}
  </div>
);

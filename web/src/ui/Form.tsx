import type { ComponentChildren } from 'preact';
import { ProblemNotice } from './Notice';
import type { useTask } from './useTask';

interface Props {
  task: ReturnType<typeof useTask>;
  /** Names of the fields that show their own refusals. */
  fields?: readonly string[];
  onSubmit: () => Promise<void>;
  children: ComponentChildren;
}

/** A form whose submission is a task; a refusal that no field shows stands above it. */
export function Form({ task, fields = [], onSubmit, children }: Props) {
  const problem = task.problem.value;
  const shownByFields = problem !== null && fields.some((field) => problem.fields[field]);
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        void task.run(onSubmit).then((done) => {
          if (!done) form.querySelector<HTMLElement>('[aria-invalid]')?.focus();
        });
      }}
    >
      {!shownByFields && <ProblemNotice problem={problem} />}
      {children}
    </form>
  );
}

import { useSignal } from '@preact/signals';
import { ApiProblem } from '../api/client';

/** Something that asks the server: whether it is under way, and what the server refused. */
export function useTask() {
  const busy = useSignal(false);
  const problem = useSignal<ApiProblem | null>(null);
  return {
    busy,
    problem,
    async run(work: () => Promise<void>): Promise<boolean> {
      if (busy.value) return false;
      busy.value = true;
      problem.value = null;
      try {
        await work();
        return true;
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error;
        problem.value = error;
        return false;
      } finally {
        busy.value = false;
      }
    },
  };
}

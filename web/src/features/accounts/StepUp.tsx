import { lazy } from '../../ui/lazy';
import { stepUpAsked } from './session';

const StepUpDialog = lazy(() => import('./StepUpDialog').then((part) => part.StepUpDialog));

/** Stands ready, and asks when the server wants to be sure that it is still the same person. */
export const StepUp = () => (stepUpAsked.value ? <StepUpDialog /> : null);

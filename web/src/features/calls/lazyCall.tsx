import { lazy } from '../../ui/lazy';
import { place } from '../../voice/voice';

const VoiceBar = lazy(() => import('./inCall').then((part) => part.VoiceBar));

/** A room from inside, once somebody is in it. */
export const RoomStage = lazy(() => import('./inCall').then((part) => part.RoomStage));

/** The call, wherever in the application one is. */
export const CallBar = () => (place.value ? <VoiceBar /> : null);

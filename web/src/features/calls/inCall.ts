/** What is on the page during a call only, with its looks; loaded with the first. */
import '../../styles/call.css';
export { RoomStage } from '../rooms/RoomStage';
export { VoiceBar } from './VoiceBar';

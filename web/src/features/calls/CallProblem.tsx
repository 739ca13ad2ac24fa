import { text } from '../../i18n';
import { paths } from '../../paths';
import { path } from '../../router';
import { Button } from '../../ui/Button';
import { Notice } from '../../ui/Notice';
import { explain, isMicrophoneProblem } from '../../voice/problems';
import { join, lastPlace, place, problem, startSound, switchMicrophone } from '../../voice/voice';

/** What went wrong with the call: the cause, what to do, and the way on. */
export function CallProblem() {
  const t = text.value;
  const what = problem.value;
  if (!what) return null;
  const { cause, advice } = explain(what, t);
  const dismiss = () => {
    problem.value = null;
  };
  return (
    <Notice title={cause} detail={advice} diagnosticId={what.diagnosticId}>
      {what.code === 'audio-blocked' && (
        <Button small kind="primary" onClick={() => void startSound()}>
          {t.hearOthers}
        </Button>
      )}
      {isMicrophoneProblem(what.code) && place.value && (
        <>
          <Button small kind="primary" onClick={() => void switchMicrophone(true)}>
            {t.retry}
          </Button>
          <Button small onClick={dismiss}>
            {t.listenOnly}
          </Button>
        </>
      )}
      {!place.value && what.code === 'signed-out' && (
        <a class="button button-primary button-small" href={paths.signInAndReturn(path.value)}>
          {t.signIn}
        </a>
      )}
      {!place.value && what.code !== 'signed-out' && lastPlace.value && (
        <Button small kind="primary" onClick={() => lastPlace.value && void join(lastPlace.value)}>
          {t.joinAgain}
        </Button>
      )}
      {!isMicrophoneProblem(what.code) && (
        <Button small onClick={dismiss}>
          {t.dismiss}
        </Button>
      )}
    </Notice>
  );
}

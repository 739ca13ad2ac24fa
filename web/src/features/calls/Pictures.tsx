import { useEffect, useRef } from 'preact/hooks';
import { text } from '../../i18n';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import type { Picture } from '../../voice/pictures';
import { onStage, shareScreen, show } from '../../voice/voice';

/** The screens and cameras of the room; loaded when there is one. */
export function Pictures() {
  return (
    <section class="pictures" aria-label={text.value.pictures}>
      {onStage.value.map((picture) =>
        picture.local ? <Mine key={picture.id} /> : <Shown key={picture.id} picture={picture} />,
      )}
    </section>
  );
}

/** One's own screen is not shown to oneself: it would be a picture in a picture without end. */
function Mine() {
  const t = text.value;
  return (
    <div class="picture-mine">
      <Icon name="screen" />
      <p>
        <strong>{t.screenMine}</strong> {t.screenMineLead}
      </p>
      <Button small onClick={() => void shareScreen(false)}>
        {t.screenStop}
      </Button>
    </div>
  );
}

function Shown({ picture: { id, name, kind } }: { picture: Picture }) {
  const t = text.value;
  const video = useRef<HTMLVideoElement>(null);
  const frame = useRef<HTMLElement>(null);
  useEffect(() => (video.current ? show(id, video.current) : undefined), [id]);
  const title = kind === 'screen' ? t.screenOf(name) : t.cameraOf(name);
  return (
    <figure class="picture" data-kind={kind} ref={frame}>
      <video ref={video} aria-label={title} autoplay playsInline muted />
      <figcaption>
        <span>{title}</span>
        {document.fullscreenEnabled && (
          <button
            type="button"
            class="icon-button"
            aria-label={`${t.pictureFull}: ${title}`}
            title={t.pictureFull}
            onClick={() =>
              void (document.fullscreenElement
                ? document.exitFullscreen()
                : frame.current?.requestFullscreen())
            }
          >
            <Icon name="enlarge" />
          </button>
        )}
      </figcaption>
    </figure>
  );
}

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { text } from '../i18n';
import { Button } from './Button';
import { Notice } from './Notice';
import { Skeleton } from './Page';

/**
 * A page that is loaded when somebody goes there.
 *
 * A chunk that cannot be had, because the network is gone or the page has been replaced by a newer
 * one, is said in words, with a way out.
 */
export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const loaded = signal<ComponentType<Props> | null>(null);
  const failed = signal(false);
  const begin = async () => {
    failed.value = false;
    try {
      loaded.value = await load();
    } catch {
      failed.value = true;
    }
  };
  return function Lazy(props: Props) {
    const Page = loaded.value;
    useEffect(() => {
      if (!loaded.peek()) void begin();
    }, []);
    if (Page) return <Page {...props} />;
    if (!failed.value) return <Skeleton label={text.value.loading} />;
    const t = text.value;
    return (
      <Notice title={t.pageNotLoaded} detail={t.pageNotLoadedDo}>
        <Button small onClick={() => location.reload()}>
          {t.retry}
        </Button>
      </Notice>
    );
  };
}

import { useState } from 'preact/hooks';
import type { ReplayRequest } from '../../../../src/admin/api';
import { describeFailure } from '../../api/failure';
import { useConsole } from '../../state/use-console';

/** Sends a request again and shows both answers. */
export function useReplay(id: string) {
  const { api, router, toasts, replayWarnings } = useConsole();
  const [isBusy, setBusy] = useState(false);
  const send = async (changes: ReplayRequest): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    try {
      const { original, replay, warnings } = await api.replay(id, changes);
      replayWarnings.set(replay.id, warnings);
      router.go({ view: 'compare', original: original.id, replay: replay.id });
    } catch (error) {
      toasts.show('bad', 'Not replayed', describeFailure(error));
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, send };
}

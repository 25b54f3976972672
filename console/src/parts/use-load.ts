/** Something asked from the gateway when a component appears, and again when what it depends on changes. */
import { useEffect, useState } from 'preact/hooks';
import { describeFailure } from '../api/failure';

export type Load<T> =
  | { readonly state: 'loading'; readonly value: T | null }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly value: null; readonly why: string };

export function useLoad<T>(ask: () => Promise<T>, inputs: readonly unknown[]): Load<T> {
  const [load, setLoad] = useState<Load<T>>({ state: 'loading', value: null });
  useEffect(() => {
    let isWanted = true;
    setLoad((before) => ({ state: 'loading', value: before.value }));
    ask().then(
      (value) => isWanted && setLoad({ state: 'ready', value }),
      (error: unknown) => isWanted && setLoad({ state: 'failed', value: null, why: describeFailure(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, inputs);
  return load;
}

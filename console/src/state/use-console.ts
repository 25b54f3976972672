import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Console } from './console';

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const model = useContext(ConsoleContext);
  if (model === null) throw new Error('a component stands outside of <App>');
  return model;
}

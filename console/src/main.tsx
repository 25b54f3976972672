/** Puts the console into the page. */
import { render } from 'preact';
import { App } from './app';
import { Console } from './state/console';
import './styles/console.css';

const root = document.getElementById('app');
if (root !== null) {
  const model = new Console();
  // A page that the browser keeps to come back to goes on then.
  addEventListener('pagehide', ({ persisted }) => persisted || model.close());
  render(<App model={model} />, root);
  void model.start();
}

import { Empty } from '../parts/empty';

export function SignedOutPage() {
  return (
    <main class="signed-out">
      <Empty icon="lock" title="Open the console by the link in your terminal">
        <h1 class="hidden">Hookswitch console</h1>
        <p>
          Hookswitch printed a link when it started. It lets this browser in, and nobody else on this machine.
          After a restart there is a new one.
        </p>
        <button type="button" class="button" onClick={() => location.reload()}>
          Try again
        </button>
      </Empty>
    </main>
  );
}

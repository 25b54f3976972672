export function Status({ status, isBad }: { readonly status: number; readonly isBad: boolean }) {
  const kind = isBad ? (status >= 500 || status < 400 ? 'bad' : 'warn') : status >= 300 ? 'quiet' : 'good';
  return <span class={`status ${kind}`}>{status}</span>;
}

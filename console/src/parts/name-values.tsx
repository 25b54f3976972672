/** Names and values, one pair on each line. */
import { SafeText } from './safe-text';

type Pair = readonly [name: string, value: string];

export function NameValues({ label, pairs }: { readonly label: string; readonly pairs: readonly Pair[] }) {
  return (
    <table class="pairs">
      <caption class="hidden">{label}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map(([name, value], at) => (
          <tr key={`${at} ${name}`}>
            <th scope="row">
              <SafeText text={name} />
            </th>
            <td>{value === '' ? <span class="none">empty</span> : <SafeText text={value} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

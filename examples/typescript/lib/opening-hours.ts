/** Hours of a day on which somebody is there, in UTC. */
export interface OpeningHours {
  readonly from: number;
  readonly to: number;
}

export function isOpen({ from, to }: OpeningHours, hour: number): boolean {
  return hour >= from && hour < to;
}

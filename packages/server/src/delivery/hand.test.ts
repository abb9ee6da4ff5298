import { describe, expect, it } from 'vitest';
import { sampleLease } from '../testing/sample-lease.ts';
import { Hand } from './hand.ts';

const lease = (id: string) => sampleLease({ id });

describe('what a node has in hand', () => {
  it('is this very lease, not another of the same delivery', () => {
    const hand = new Hand();
    const one = lease('a');
    hand.add(one);
    hand.add(one);
    expect(hand.size).toBe(1);
    expect(hand.has(one)).toBe(true);
    expect(hand.has({ ...one })).toBe(false);
    expect(hand.remove({ ...one })).toBe(false);
    expect(hand.remove(one)).toBe(true);
    expect(hand.remove(one)).toBe(false);
    expect([hand.has(one), hand.size, hand.weight, hand.leases()]).toEqual([false, 0, 0, []]);
  });

  it('takes the places of those that left, and keeps the others', () => {
    const hand = new Hand();
    const leases = ['a', 'b', 'c', 'd'].map(lease);
    for (const one of leases) hand.add(one);
    hand.remove(leases[1]!);
    hand.remove(leases[2]!);
    const [e, f, g] = ['e', 'f', 'g'].map(lease);
    for (const one of [e!, f!, g!]) hand.add(one);
    expect(
      hand
        .leases()
        .map(({ id }) => id)
        .toSorted(),
    ).toEqual(['a', 'd', 'e', 'f', 'g']);
    expect(Math.max(...hand.leases().map(({ place }) => place))).toBe(4);
    expect([hand.size, hand.weight]).toEqual([5, 5]);
    for (const one of hand.leases()) expect(hand.has(one)).toBe(true);
  });

  it('is found by the ids of deliveries', () => {
    const hand = new Hand();
    const leases = ['a', 'b', 'c'].map(lease);
    expect(hand.ofDeliveries(new Set(['a']))).toEqual(new Map());
    for (const one of leases) hand.add(one);
    hand.remove(leases[0]!);
    expect([...hand.ofDeliveries(new Set(['a', 'c', 'x']))]).toEqual([['c', leases[2]]]);
  });
});

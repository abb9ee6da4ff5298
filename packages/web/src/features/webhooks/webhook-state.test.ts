import { describe, expect, it } from 'vitest';
import {
  catchingUp,
  catchingUpWords,
  circuitWords,
  heldWords,
  isHolding,
  nextTryWords,
  pausedWords,
  sortsHeld,
} from './webhook-state.ts';

const circuit = { openedAt: '2026-11-23T10:00:00.000Z', nextProbeAt: '2026-11-23T10:00:12.000Z' };

describe('the words of a webhook that holds its deliveries', () => {
  it('count in words that fit', () => {
    expect(pausedWords(132)).toBe('132 deliveries are held; they go out when you resume.');
    expect(pausedWords(1)).toBe('1 delivery is held; it goes out when you resume.');
    expect(pausedWords(0)).toContain('New events are held from now on');
    expect(circuitWords(132)).toBe('132 deliveries are held and none is lost');
    expect(circuitWords(0)).toBe('New deliveries are held and none is lost');
    expect(heldWords(10_000)).toBe('10,000 deliveries or more are held.');
    expect(heldWords(0)).toBe('');
  });
});

describe('sortsHeld', () => {
  it('is a pause that ends by itself', () => {
    const catchUp = { jobId: 'j', left: 3, resumes: true };
    expect(sortsHeld({ status: 'paused', catchUp })).toBe(true);
    expect(sortsHeld({ status: 'paused', catchUp: { ...catchUp, resumes: false } })).toBe(false);
    expect(sortsHeld({ status: 'active', catchUp })).toBe(false);
    expect(sortsHeld({ status: 'paused', catchUp: null })).toBe(false);
  });
});

describe('isHolding', () => {
  it('is one that takes events and does not send them', () => {
    expect(isHolding({ status: 'paused', circuit: null })).toBe(true);
    expect(isHolding({ status: 'failing', circuit })).toBe(true);
    expect(isHolding({ status: 'failing', circuit: null })).toBe(false);
    expect(isHolding({ status: 'disabled', circuit: null })).toBe(false);
  });
});

describe('nextTryWords', () => {
  it('counts down in whole seconds, and ends', () => {
    const at = Date.parse(circuit.nextProbeAt);
    expect(nextTryWords(circuit.nextProbeAt, at - 11_200)).toBe('next try in 12 s');
    expect(nextTryWords(circuit.nextProbeAt, at - 125_000)).toBe('next try in 2 min 5 s');
    expect(nextTryWords(circuit.nextProbeAt, at - 300)).toBe('next try in 1 s');
    expect(nextTryWords(circuit.nextProbeAt, at)).toBe('trying now');
    expect(nextTryWords(circuit.nextProbeAt, at + 9000)).toBe('trying now');
  });
});

describe('catchingUp', () => {
  it('is a webhook that flows and still has held deliveries', () => {
    expect(catchingUp({ status: 'active', circuit: null, held: 120 })).toBe(120);
    expect(catchingUp({ status: 'active', circuit: null, held: 0 })).toBeNull();
    expect(catchingUp({ status: 'paused', circuit: null, held: 120 })).toBeNull();
    expect(catchingUp({ status: 'disabled', circuit: null, held: 120 })).toBeNull();
    expect(catchingUp({ status: 'failing', circuit, held: 120 })).toBeNull();
    expect(catchingUpWords(1200)).toBe('Catching up: 1,200 to go');
  });
});

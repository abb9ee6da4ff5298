import { describe, expect, it, vi } from 'vitest';
import { createPasswords } from './passwords.ts';

describe('hashing passwords', () => {
  it('tells the right password from a wrong one', async () => {
    const passwords = createPasswords();
    const hash = await passwords.hash('correct horse battery');
    expect(await passwords.verify({ hash, password: 'correct horse battery' })).toBe(true);
    expect(await passwords.verify({ hash, password: 'correct horse batterz' })).toBe(false);
  });

  it('runs two at a time, keeps 64 waiting and turns more away, also after failures', async () => {
    let running = 0;
    let most = 0;
    const finish: (() => void)[] = [];
    const verify = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => finish.push(resolve));
      running -= 1;
      if (finish.length % 2 === 0) throw new Error('failed');
      return true;
    };
    const passwords = createPasswords({ hash: async () => '', verify });
    const input = { hash: 'x', password: 'y' };
    const admitted = Array.from({ length: 66 }, () => passwords.verify(input));
    await expect(passwords.verify(input)).rejects.toMatchObject({
      code: 'too_many_sign_ins',
      retryAfterSeconds: 1,
    });
    const all = Promise.allSettled(admitted);
    for (let done = 0; done < 66; done += 1) {
      await vi.waitFor(() => expect(finish.length).toBeGreaterThan(done), { interval: 1 });
      finish[done]?.();
    }
    expect((await all).some(({ status }) => status === 'rejected')).toBe(true);
    expect([most, running]).toEqual([2, 0]);
  });
});

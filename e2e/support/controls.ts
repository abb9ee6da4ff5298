import type { Locator, Page } from '@playwright/test';
import { expect } from './fixtures.ts';

/** Clicks a switch where it is drawn: its input lies under its track. */
export async function flip(control: Locator): Promise<void> {
  await control.locator('xpath=..').locator('.mantine-Switch-track').click();
}

/**
 * Chooses a filter chip. Its control lies under its label, which is clicked where it stands once it stands still: counts make
 * chips wider as they come. What is chosen is part of the address, so that the control follows a moment after the click.
 */
export async function choose(chip: Locator): Promise<void> {
  if (await chip.isChecked()) return;
  await chip.locator('xpath=ancestor::label').click();
  await expect(chip).toBeChecked();
}

/** Presses Tab until the control has the focus, as a person without a mouse does. */
export async function tabTo(page: Page, control: Locator, atMost = 60): Promise<void> {
  for (let press = 0; press < atMost; press += 1) {
    if (await control.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  await expect(control, `reached by Tab in ${atMost} presses`).toBeFocused({ timeout: 1 });
}

/**
 * How far the page is wider than the window, in CSS px, once two frames in a row agree; 0 when it does not scroll sideways.
 * Directly after a change of the window's size the browser has its new width, but the answers to media queries of before.
 */
export async function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const root = document.documentElement;
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const wider = () => Math.max(0, root.scrollWidth - root.clientWidth);
    await frame();
    await frame();
    let [last, now] = [-1, wider()];
    for (let frames = 0; last !== now && frames < 60; frames += 1) {
      await frame();
      [last, now] = [now, wider()];
    }
    return now;
  });
}

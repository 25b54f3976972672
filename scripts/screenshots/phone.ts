/** The pictures of the phone: a text that was answered, and a call that waits for a key. */
import type { Page } from '../../test/support/browser';

export async function sendText(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Phone', exact: true }).click();
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('Menu please');
  await page.getByRole('button', { name: 'Send' }).click();
  const delivered = page.locator('.bubble-row .note', { hasText: 'delivered' });
  await delivered.first().waitFor();
  await page.getByRole('textbox', { name: 'Text message' }).fill('6 cinnamon buns');
  await page.keyboard.press('Enter');
  await page.locator('.bubble', { hasText: 'Reply STOP' }).waitFor();
  await delivered.nth(2).waitFor();
}

export async function sendFirstText(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Phone', exact: true }).click();
  await page.getByRole('textbox', { name: 'Text', exact: true }).fill('Hi');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.locator('.bubble', { hasText: 'you wrote: Hi' }).waitFor();
  await page.locator('.bubble-row .note', { hasText: 'delivered' }).first().waitFor();
}

export async function call(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Phone', exact: true }).click();
  await page.getByRole('link', { name: 'New', exact: true }).click();
  await page.getByText('Call', { exact: true }).first().click();
  await page.getByRole('button', { name: 'Call', exact: true }).click();
  await page.getByText('Listening for').waitFor({ timeout: 60_000 });
  await page.keyboard.press('2');
  await page.getByText('who answers?').waitFor({ timeout: 60_000 });
}
